-- The one reading of fct_sessions for patterns, of the newest academic years only.
select
    pupil.pupil_id,
    marked.school_urn,
    marked.academic_year,
    marked.half_term,
    marked.term,
    day.weekday,
    marked.session,
    -- presence has no reason: its codes are told apart by the session alone
    case
        when not marked.is_attended or marked.is_late or marked.is_approved_educational_activity then marked.code
    end as reason_code,
    {{ count_sessions() | indent(4) }},
    cast(count(marked.code) as integer) as recorded_sessions
from {{ ref("fct_sessions") }} as marked
inner join (
    select distinct
        school_urn,
        academic_year
    from {{ ref("int_pattern_periods") }}
    where has_patterns
) as years on marked.school_urn = years.school_urn and marked.academic_year = years.academic_year
inner join {{ ref("int_pupils") }} as pupil on marked.pupil_key = pupil.pupil_key
left join {{ ref("dim_date") }} as day on marked.session_date = day.calendar_date
group by all
