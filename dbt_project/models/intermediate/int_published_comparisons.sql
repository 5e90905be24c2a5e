-- A school is set against every figure that DfE publishes of that kind, so that a figure that is missing is a row that
-- says why. For groups of pupils DfE publishes too little for that: there only what exists.
with kinds as (
    select distinct
        series,
        geography_level,
        period_type,
        cohort_dimension,
        cohort,
        measure
    from {{ ref("int_published_figures") }}
),

places as (
    select
        school.school_urn,
        school.phase,
        'national' as geography_level,
        country.geography_code,
        country.geography_name
    from {{ ref("dim_school") }} as school
    cross join (
        select distinct
            geography_code,
            geography_name
        from {{ ref("int_published_figures") }}
        where geography_level = 'national'
    ) as country
    union all
    select
        school_urn,
        phase,
        'region' as geography_level,
        region_code,
        region_name
    from {{ ref("dim_school") }}
    union all
    select
        school_urn,
        phase,
        'local_authority' as geography_level,
        case when la_match_status = 'matched' then la_code end as geography_code,
        la_name
    from {{ ref("dim_school") }}
)

select
    figure.*,
    kind.geography_level as comparator_type,
    place.geography_name as comparator,
    kind.series,
    published.source,
    published.published_percent,
    case
        when kind.series = 'daily' and phase.dfe_daily_phase is null then 'no_series_for_phase'
        when kind.series = 'census' and phase.dfe_census_phase is null then 'no_series_for_phase'
        when place.geography_code is null then 'unknown_local_authority'
        when not period.is_complete then 'period_running'
        when published.series is null then 'not_published'
        when published.as_published_to < period.last_school_day then 'published_to_earlier_day'
        when published.published_percent is null then 'suppressed_by_dfe'
        when figure.school_percent is null then 'no_school_figure'
        else 'compared'
    end as comparison_status
from {{ ref("int_school_figures") }} as figure
inner join kinds as kind
    on
        figure.period_type = kind.period_type
        and figure.cohort_dimension = kind.cohort_dimension
        and figure.cohort = kind.cohort
        and figure.measure = kind.measure
inner join places as place on figure.school_urn = place.school_urn and kind.geography_level = place.geography_level
left join {{ ref("school_phases") }} as phase on place.phase = phase.phase
left join {{ ref("int_school_periods") }} as period
    on
        figure.school_urn = period.school_urn
        and figure.period_type = period.period_type
        and figure.period_key = period.period_key
left join {{ ref("int_published_figures") }} as published
    on
        kind.series = published.series
        and figure.period_key = published.period_key
        and kind.geography_level = published.geography_level
        and place.geography_code = published.geography_code
        and case when kind.series = 'daily' then phase.dfe_daily_phase else phase.dfe_census_phase end
        = published.school_phase
        and figure.cohort_dimension = published.cohort_dimension
        and figure.cohort = published.cohort
        and figure.measure = published.measure
where figure.cohort_dimension = 'all' or published.published_percent is not null
