with own as (
    -- DfE's figures are about ages 5 to 15, so the places' own are too.
    {%- for measure in session_measures() if measure != "late" %}
    select
        {{ place_columns("headline") }},
        headline.academic_year,
        headline.period_type,
        headline.period_key,
        headline.period_order,
        period.term,
        '{{ measure }}' as measure,
        headline.{{ measure }}_percent as own_percent
    from {{ ref("rpt_headline") }} as headline
    inner join {{ ref("rpt_periods") }} as period
        on headline.period_type = period.period_type and headline.period_key = period.period_key
    where
        headline.population = 'compulsory_school_age'
        and headline.place_type in ('school', 'phase')
        and headline.period_type in {{ longer_period_types() }}
    {{ "union all" if not loop.last }}
    {%- endfor %}
),

kinds as (
    select distinct
        place_type,
        place_key,
        measure,
        comparator_type,
        series,
        comparator,
        period_type as window_type
    from {{ ref("int_place_comparisons") }}
),

matched as (
    select
        own.*,
        kinds.comparator_type,
        kinds.comparator,
        kinds.series,
        coalesce(same.comparison_status, 'half_term_not_published') as comparison_status,
        other.period_key as compared_period_key,
        other.comparator_percent,
        other.source
    from own
    inner join kinds
        on
            own.place_type = kinds.place_type
            and own.place_key = kinds.place_key
            and own.measure = kinds.measure
            and kinds.window_type = if(
                own.period_type = 'half_term' and kinds.comparator_type != 'trust', 'term', own.period_type
            )
    left join {{ ref("int_place_comparisons") }} as same
        on
            own.place_type = same.place_type
            and own.place_key = same.place_key
            and own.measure = same.measure
            and kinds.comparator_type = same.comparator_type
            and kinds.series is not distinct from same.series
            and own.period_type = same.period_type
            and own.period_key = same.period_key
    -- The same window, or else the newest one of its kind that DfE has published.
    left join {{ ref("int_place_comparisons") }} as other
        on
            own.place_type = other.place_type
            and own.place_key = other.place_key
            and own.measure = other.measure
            and kinds.comparator_type = other.comparator_type
            and kinds.series is not distinct from other.series
            and kinds.window_type = other.period_type
            and own.term is not distinct from other.term
            and own.academic_year >= other.academic_year
            and other.comparison_status = 'compared'
            and if(kinds.comparator_type = 'trust', own.period_key, '')
            = if(other.comparator_type = 'trust', other.period_key, '')
    qualify
        row_number() over (
            partition by
                own.place_type, own.place_key, own.measure, own.period_type, own.period_key,
                kinds.comparator_type, kinds.series
            order by other.academic_year desc nulls last
        ) = 1
)

select
    this.* exclude (comparison_status),
    case
        when this.comparator_percent is null then 'not_published'
        when this.compared_period_key = this.period_key then 'published'
        else 'other_window'
    end as comparison_status,
    status.display_name as comparison_status_label,
    measure.display_name as measure_label,
    measure.measure_order,
    case this.comparator_type
        when 'trust' then phase.display_name || ' schools of the trust'
        when 'national' then this.comparator
        when 'similar_schools' then this.comparator
        else this.comparator || ' (' || lower(kind.display_name) || ')'
    end as comparator_label,
    kind.comparator_order,
    then_own.period_type as compared_period_type,
    period.short_label as window_label,
    then_own.own_percent as compared_own_percent,
    then_own.own_percent - this.comparator_percent as gap_percentage_points,
    coalesce(series.title, 'Registers of the trust') as series_label,
    case
        when this.compared_period_key = this.period_key
            then 'Both figures are about ' || period.short_label || ' and ages 5 to 15.'
        when this.comparator_percent is null then coalesce(status.reason, 'There is no figure to compare with') || '.'
        else
            status.reason || '; shown instead is its newest figure of the same kind, '
            || period.short_label || ', beside the own figures of that same window.'
    end as statement,
    false as is_suppressed
from matched as this
left join {{ ref("comparison_statuses") }} as status on this.comparison_status = status.comparison_status
left join {{ ref("comparator_types") }} as kind on this.comparator_type = kind.comparator_type
left join {{ ref("school_phases") }} as phase on this.phase = phase.phase
left join {{ ref("measure_definitions") }} as measure on this.measure = measure.measure
left join {{ ref("benchmark_series") }} as series on this.series = series.series
left join own as then_own
    on
        this.place_type = then_own.place_type
        and this.place_key = then_own.place_key
        and this.measure = then_own.measure
        and this.compared_period_key = then_own.period_key
left join {{ ref("rpt_periods") }} as period
    on then_own.period_type = period.period_type and then_own.period_key = period.period_key
