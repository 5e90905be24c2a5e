-- Late sessions are a few in a hundred, so this reading of fct_sessions ends in a small table.
select
    pupil.pupil_id,
    late.school_urn,
    late.academic_year,
    late.half_term,
    late.term,
    day.weekday,
    late.session,
    cast(count(*) filter (where late.is_attended) as integer) as late_before_close_sessions,
    cast(count(*) filter (where late.is_unauthorised_absence) as integer) as late_after_close_sessions,
    cast(count(*) as integer) as late_sessions,
    cast(count(late.minutes_late) as integer) as minutes_known_sessions,
    cast(coalesce(sum(late.minutes_late), 0) as integer) as minutes_late
from {{ ref("fct_sessions") }} as late
inner join {{ ref("int_pupils") }} as pupil on late.pupil_key = pupil.pupil_key
left join {{ ref("dim_date") }} as day on late.session_date = day.calendar_date
where late.is_late
group by all
