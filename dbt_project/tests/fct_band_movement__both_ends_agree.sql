-- What: the pupils that a step leads to are those of fct_pupil_weeks (year to date, weeks) and of fct_band_distribution
--   (half terms alone), band by band; and so are the pupils that it comes from, one step earlier.
-- When it matters: a pupil lost between two ends would look like progress.
-- How to mend: int_band_steps must have a row for every enrolment that stands in a band at either end of a step.
with ends as (
    select
        basis,
        school_urn,
        academic_year,
        period_type,
        period_key,
        to_band as absence_band,
        pupils
    from {{ ref("fct_band_movement") }}
    where population = 'all' and (basis = 'period' or period_type = 'week')
    union all
    select
        basis,
        school_urn,
        academic_year,
        period_type,
        previous_period_key,
        from_band,
        pupils
    from {{ ref("fct_band_movement") }}
    where population = 'all' and (basis = 'period' or period_type = 'week')
),

counted as (
    select
        basis,
        school_urn,
        academic_year,
        period_type,
        period_key,
        absence_band,
        sum(pupils) as pupils
    from ends
    where absence_band != 'none'
    group by all
),

standing as (
    select
        'year_to_date' as basis,
        school_urn,
        academic_year,
        'week' as period_type,
        cast(week_start as varchar) as period_key,
        absence_band,
        count(*) as pupils
    from {{ ref("fct_pupil_weeks") }}
    where absence_band is not null
    group by all
    union all
    select
        'period',
        school_urn,
        academic_year,
        period_type,
        period_key,
        absence_band,
        sum(pupils)
    from {{ ref("fct_band_distribution") }}
    where period_type = 'half_term'
    group by all
),

-- within a year the first period only begins a step and the latest only ends one
expected as (
    select
        standing.*,
        standing.pupils * (
            cast(period.previous_period_key is not null as integer) + cast(not period.is_latest as integer)
        ) as expected_pupils
    from standing
    left join {{ ref("int_year_periods") }} as period
        on
            standing.school_urn = period.school_urn
            and standing.academic_year = period.academic_year
            and standing.period_type = period.period_type
            and standing.period_key = period.period_key
)

select
    coalesce(expected.school_urn, counted.school_urn) as school_urn,
    coalesce(expected.period_key, counted.period_key) as period_key,
    coalesce(expected.absence_band, counted.absence_band) as absence_band
from expected
full outer join counted
    on
        expected.basis = counted.basis
        and expected.school_urn = counted.school_urn
        and expected.academic_year = counted.academic_year
        and expected.period_type = counted.period_type
        and expected.period_key = counted.period_key
        and expected.absence_band = counted.absence_band
where coalesce(expected.expected_pupils, 0) != coalesce(counted.pupils, 0)
