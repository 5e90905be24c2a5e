-- What: within a school, period and population, the cohorts of each dimension sum to the dimension `all`.
-- When it matters: a pupil in no cohort, or in two, would make the groups' figures differ from the school's.
-- How to mend: an empty value must become `unknown`; look at the dimension's column in int_enrolment_periods.
with by_dimension as (
    select
        school_urn,
        period_type,
        period_key,
        population,
        cohort_dimension,
        sum(pupils) as pupils,
        sum(possible_sessions) as possible_sessions,
        sum(absent_sessions) as absent_sessions,
        sum(missing_sessions) as missing_sessions,
        sum(persistently_absent_pupils) as persistently_absent_pupils
    from {{ ref("fct_cohorts") }}
    group by school_urn, period_type, period_key, population, cohort_dimension
)

select
    school_urn,
    period_type,
    period_key,
    population
from by_dimension
group by school_urn, period_type, period_key, population
having
    count(*) <> (select count(*) from {{ ref("cohort_dimensions") }})
    or min(pupils) <> max(pupils)
    or min(possible_sessions) <> max(possible_sessions)
    or min(absent_sessions) <> max(absent_sessions)
    or min(missing_sessions) <> max(missing_sessions)
    or min(persistently_absent_pupils) <> max(persistently_absent_pupils)
