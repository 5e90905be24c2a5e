-- What: at a school in a year, the weeks add up to the half terms, these to the terms, and the terms to the year.
-- When it matters: a reader who adds up weeks must arrive at the figure of the half term.
-- How to mend: find sessions without a half term or term: the school's calendar lacks half-term rows for their dates.
with by_type as (
    select
        school_urn,
        academic_year,
        period_type,
        sum(possible_sessions) as possible_sessions,
        sum(absent_sessions) as absent_sessions,
        sum(late_sessions) as late_sessions,
        sum(missing_sessions) as missing_sessions
    from {{ ref("fct_bands") }}
    group by school_urn, academic_year, period_type
)

select
    school_urn,
    academic_year
from by_type
group by school_urn, academic_year
having
    count(*) <> 4
    or min(possible_sessions) <> max(possible_sessions)
    or min(absent_sessions) <> max(absent_sessions)
    or min(late_sessions) <> max(late_sessions)
    or min(missing_sessions) <> max(missing_sessions)
