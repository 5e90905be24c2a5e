-- What: late sessions are those before and those after the register closed, and are those of fct_cohorts, cohort by
--   cohort, beside the same possible sessions and pupils.
-- When it matters: lateness stands on several pages and must be the same on all of them.
-- How to mend: a late code must be attended or unauthorised absence in the seed attendance_codes.
with cohorts as (
    select *
    from {{ ref("fct_cohorts") }}
    where period_type in {{ longer_period_types() }}
)

select
    late.school_urn,
    late.period_type,
    late.period_key,
    late.population,
    late.cohort_dimension,
    late.cohort
from {{ ref("fct_punctuality") }} as late
full outer join cohorts as cohort
    on
        late.school_urn = cohort.school_urn
        and late.period_type = cohort.period_type
        and late.period_key = cohort.period_key
        and late.population = cohort.population
        and late.cohort_dimension = cohort.cohort_dimension
        and late.cohort = cohort.cohort
where
    late.late_sessions is distinct from late.late_before_close_sessions + late.late_after_close_sessions
    or late.late_sessions is distinct from cohort.late_sessions
    or late.possible_sessions is distinct from cohort.possible_sessions
    or late.pupils is distinct from cohort.pupils
