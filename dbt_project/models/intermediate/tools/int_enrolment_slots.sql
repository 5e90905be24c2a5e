-- The one reading of fct_sessions for patterns, of the newest academic years only.
select
    pupil.pupil_id,
    half_term.school_urn,
    half_term.academic_year,
    half_term.half_term_no,
    half_term.term_no,
    half_term.year_no,
    day.weekday,
    marked.session,
    -- presence has no reason: its codes are told apart by the session alone
    case
        when not marked.is_attended or marked.is_late or marked.is_approved_educational_activity then marked.code
    end as reason_code,
    cast(count(marked.code) as integer) as recorded_sessions,
    cast(count(*) filter (where marked.is_possible) as integer) as possible_sessions,
    cast(count(*) filter (where marked.is_absent) as integer) as absent_sessions
from {{ ref("fct_sessions") }} as marked
inner join {{ ref("int_pattern_half_terms") }} as half_term
    on
        marked.school_urn = half_term.school_urn
        and marked.academic_year = half_term.academic_year
        and marked.half_term = half_term.half_term
inner join {{ ref("int_pupils") }} as pupil on marked.pupil_key = pupil.pupil_key
left join {{ ref("dim_date") }} as day on marked.session_date = day.calendar_date
group by all
