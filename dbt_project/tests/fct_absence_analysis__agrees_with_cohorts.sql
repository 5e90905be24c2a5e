-- What: authorised, unauthorised, late and possible sessions are those of fct_cohorts; pupils at risk or not, and
--   persistently absent or not, make up the school; truancy is a part of unauthorised absence.
-- When it matters: the analysis for governors must not contradict the dashboard.
-- How to mend: both tables read int_enrolment_periods; the codes of truancy_codes must be unauthorised absence.
with sums as (
    select
        school_urn,
        period_type,
        period_key,
        population,
        cohort_dimension,
        sum(pupils) as pupils,
        sum(possible_sessions) as possible_sessions,
        sum(authorised_sessions) as authorised_sessions,
        sum(unauthorised_sessions) as unauthorised_sessions,
        sum(late_sessions) as late_sessions,
        sum(truancy_sessions) as truancy_sessions
    from {{ ref("fct_absence_analysis") }}
    group by all
)

select
    sums.school_urn,
    sums.period_type,
    sums.period_key,
    sums.cohort_dimension
from sums
left join {{ ref("fct_cohorts") }} as school
    on
        sums.school_urn = school.school_urn
        and sums.period_type = school.period_type
        and sums.period_key = school.period_key
        and sums.population = school.population
        and school.cohort_dimension = 'all'
where
    sums.pupils is distinct from school.pupils
    or sums.possible_sessions is distinct from school.possible_sessions
    or sums.authorised_sessions is distinct from school.authorised_sessions
    or sums.unauthorised_sessions is distinct from school.unauthorised_sessions
    or sums.late_sessions is distinct from school.late_sessions
    or sums.truancy_sessions > sums.unauthorised_sessions
