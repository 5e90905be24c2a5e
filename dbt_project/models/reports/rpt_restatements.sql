with revised as (
    select
        school_urn,
        period_type,
        period_key,
        measure,
        any_value(measure_label) as measure_label,
        any_value(measure_order) as measure_order,
        any_value(published_at) as published_at,
        any_value(published_as_of) as published_as_of,
        any_value(published_numerator) as published_numerator,
        any_value(published_denominator) as published_denominator,
        any_value(published_percent) as published_percent,
        any_value(now_numerator) as now_numerator,
        any_value(now_denominator) as now_denominator,
        any_value(now_percent) as now_percent,
        string_agg(
            cause_label || ' '
            || coalesce(replace(printf('%+.2f', percentage_points_change), '-', '−'), 'no percentage'), ', '
            order by cause_order
        ) as because
    from {{ ref("int_revised_figures") }}
    group by school_urn, period_type, period_key, measure
)

select
    {{ place_columns("place") }},
    period.academic_year,
    revised.period_type,
    revised.period_key,
    period.label as period_label,
    period.period_order,
    period.start_date,
    revised.measure,
    revised.measure_label,
    revised.measure_order,
    revised.published_at,
    strftime(revised.published_at, '%-d %B %Y') as published_label,
    strftime(revised.published_as_of, '%-d %B %Y') as published_as_of_label,
    cast(revised.published_numerator as integer) as published_numerator,
    cast(revised.published_denominator as integer) as published_denominator,
    revised.published_percent,
    cast(revised.now_numerator as integer) as now_numerator,
    cast(revised.now_denominator as integer) as now_denominator,
    revised.now_percent,
    revised.now_percent - revised.published_percent as change_percentage_points,
    revised.because
from revised
inner join {{ ref("int_place_schools") }} as place
    on revised.school_urn = place.school_urn and place.place_type = 'school'
inner join {{ ref("rpt_periods") }} as period
    on revised.period_type = period.period_type and revised.period_key = period.period_key
where
    revised.published_numerator <> revised.now_numerator
    or revised.published_denominator <> revised.now_denominator
