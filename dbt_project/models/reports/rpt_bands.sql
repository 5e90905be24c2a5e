with counts as (
    select
        {{ place_columns("place") }},
        bands.academic_year,
        bands.period_type,
        bands.period_key,
        case when level.is_whole_place then 'all' else bands.year_group end as year_group,
        bands.absence_band,
        cast(sum(bands.pupils) as bigint) as pupils
    from {{ ref("fct_band_distribution") }} as bands
    inner join {{ ref("int_place_schools") }} as place on bands.school_urn = place.school_urn
    cross join (values (true), (false)) as level (is_whole_place)
    where
        bands.absence_band is not null
        and bands.period_type in {{ longer_period_types() }}
        -- Year groups of different schools are not added up.
        and (place.place_type = 'school' or (place.place_type = 'phase' and level.is_whole_place))
    group by all
),

totals as (
    select
        * exclude (absence_band, pupils),
        cast(sum(pupils) as bigint) as pupils_with_band
    from counts
    group by all
),

complete as (
    select
        totals.*,
        names.absence_band,
        names.band_order,
        names.display_label as band_label,
        names.status as band_status_label,
        coalesce(counts.pupils, 0) as pupils,
        {{ percent("coalesce(counts.pupils, 0)", "totals.pupils_with_band") }} as percent_of_pupils
    from totals
    cross join {{ ref("absence_bands") }} as names
    left join counts
        on
            totals.place_type = counts.place_type
            and totals.place_key = counts.place_key
            and totals.period_type = counts.period_type
            and totals.period_key = counts.period_key
            and totals.year_group = counts.year_group
            and names.absence_band = counts.absence_band
)

select
    this.*,
    coalesce(years.display_name, 'All year groups') as year_group_label,
    cast(coalesce(years.year_group_order, 0) as integer) as year_group_order,
    period.period_order,
    period.previous_period_key,
    this.percent_of_pupils - previous.percent_of_pupils as percent_change_previous,
    false as is_suppressed
from complete as this
inner join {{ ref("rpt_periods") }} as period
    on this.period_type = period.period_type and this.period_key = period.period_key
left join {{ ref("year_groups") }} as years on this.year_group = years.year_group
left join complete as previous
    on
        this.place_type = previous.place_type
        and this.place_key = previous.place_key
        and this.year_group = previous.year_group
        and this.absence_band = previous.absence_band
        and this.period_type = previous.period_type
        and period.previous_period_key = previous.period_key
