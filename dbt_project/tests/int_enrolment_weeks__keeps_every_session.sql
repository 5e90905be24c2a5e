-- What: the weekly sums hold exactly the sessions of fct_sessions, school by school and year by year.
-- When it matters: all aggregates are built from the weekly sums; a pupil lost there would be missing everywhere.
-- How to mend: look for pupils of fct_sessions that int_pupils lacks, or a week that falls into two half terms.
with sessions as (
    select
        school_urn,
        academic_year,
        count(*) filter (where is_possible) as possible_sessions,
        count(*) filter (where is_absent) as absent_sessions,
        count(*) filter (where mark_status = 'missing') as missing_sessions,
        count(*) filter (where mark_status = 'quarantined') as quarantined_sessions
    from {{ ref("fct_sessions") }}
    group by school_urn, academic_year
),

weeks as (
    select
        school_urn,
        academic_year,
        sum(possible_sessions) as possible_sessions,
        sum(absent_sessions) as absent_sessions,
        sum(missing_sessions) as missing_sessions,
        sum(quarantined_sessions) as quarantined_sessions
    from {{ ref("int_enrolment_weeks") }}
    group by school_urn, academic_year
)

select
    coalesce(sessions.school_urn, weeks.school_urn) as school_urn,
    coalesce(sessions.academic_year, weeks.academic_year) as academic_year
from sessions
full outer join weeks on sessions.school_urn = weeks.school_urn and sessions.academic_year = weeks.academic_year
where
    sessions.possible_sessions is distinct from weeks.possible_sessions
    or sessions.absent_sessions is distinct from weeks.absent_sessions
    or sessions.missing_sessions is distinct from weeks.missing_sessions
    or sessions.quarantined_sessions is distinct from weeks.quarantined_sessions
