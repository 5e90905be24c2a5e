-- What: the cohorts of a dimension make up their year group and the school, a cohort's year groups make up the cohort,
--   and each cohort's sums are those of fct_cohorts.
-- When it matters: shares that do not add up to the whole blame one group for another's absence.
-- How to mend: an empty value must become `unknown`; both tables read int_enrolment_periods.
with cohorts as (
    select
        school_urn,
        period_type,
        period_key,
        population,
        cohort_dimension,
        cohort,
        sum(absent_sessions) filter (where year_group = 'all') as absent_sessions,
        sum(absent_sessions) filter (where year_group != 'all') as absent_sessions_of_year_groups,
        sum(persistently_absent_pupils) filter (where year_group = 'all') as persistently_absent_pupils,
        sum(persistently_absent_pupils) filter (where year_group != 'all') as persistently_absent_of_year_groups
    from {{ ref("fct_cohort_contributions") }}
    group by all
)

select
    cohorts.school_urn,
    cohorts.period_key,
    cohorts.cohort_dimension
from cohorts
left join {{ ref("fct_cohorts") }} as cohort
    on
        cohorts.school_urn = cohort.school_urn
        and cohorts.period_type = cohort.period_type
        and cohorts.period_key = cohort.period_key
        and cohorts.population = cohort.population
        and cohorts.cohort_dimension = cohort.cohort_dimension
        and cohorts.cohort = cohort.cohort
where
    cohorts.absent_sessions is distinct from cohorts.absent_sessions_of_year_groups
    or cohorts.persistently_absent_pupils is distinct from cohorts.persistently_absent_of_year_groups
    or cohorts.absent_sessions is distinct from cohort.absent_sessions
    or cohorts.persistently_absent_pupils is distinct from cohort.persistently_absent_pupils
union all
select
    part.school_urn,
    part.period_key,
    part.cohort_dimension
from {{ ref("fct_cohort_contributions") }} as part
left join {{ ref("fct_cohorts") }} as whole
    on
        part.school_urn = whole.school_urn
        and part.period_type = whole.period_type
        and part.period_key = whole.period_key
        and part.population = whole.population
        and whole.cohort_dimension = case when part.year_group = 'all' then 'all' else 'year_group' end
        and part.year_group = whole.cohort
where
    part.year_group_absent_sessions is distinct from whole.absent_sessions
    or part.year_group_persistently_absent_pupils is distinct from whole.persistently_absent_pupils
