-- What: a school's pupils, sessions and persistently absent pupils in fct_cohorts are those of fct_bands, and its
--   pupils those of fct_band_distribution.
-- When it matters: the same figure stands on several pages and must be the same on all of them.
-- How to mend: the three tables read int_enrolment_periods; find the one that filters differently.
with bands as (
    select
        school_urn,
        period_type,
        period_key,
        count(*) filter (where possible_sessions > 0) as pupils,
        sum(possible_sessions) as possible_sessions,
        count(*) filter (where is_persistently_absent) as persistently_absent_pupils
    from {{ ref("fct_bands") }}
    group by school_urn, period_type, period_key
),

distribution as (
    select
        school_urn,
        period_type,
        period_key,
        sum(pupils) as pupils
    from {{ ref("fct_band_distribution") }}
    group by school_urn, period_type, period_key
)

select
    cohort.school_urn,
    cohort.period_type,
    cohort.period_key
from {{ ref("fct_cohorts") }} as cohort
left join bands
    on
        cohort.school_urn = bands.school_urn
        and cohort.period_type = bands.period_type
        and cohort.period_key = bands.period_key
left join distribution
    on
        cohort.school_urn = distribution.school_urn
        and cohort.period_type = distribution.period_type
        and cohort.period_key = distribution.period_key
where
    cohort.cohort_dimension = 'all'
    and cohort.population = 'all'
    and (
        cohort.pupils is distinct from bands.pupils
        or cohort.possible_sessions is distinct from bands.possible_sessions
        or cohort.persistently_absent_pupils is distinct from bands.persistently_absent_pupils
        or cohort.pupils <> coalesce(distribution.pupils, 0)
    )
