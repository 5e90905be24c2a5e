{{ config(materialized="view") }}
-- What a figure was in each earlier release, what it is now, and what each cause did to it: whole numbers are added up
-- over all releases since, then percentages are divided after each cause in turn.
{%- set keys = cell_keys() %}
{%- set then_and_now = ["published_in", "published_at", "published_as_of", "was_period_over"] %}
with pairs as (
    select
        {{ columns_of("published", keys) }},
        published.release_id as published_in,
        published.published_at,
        published.as_of as published_as_of,
        published.is_period_over as was_period_over,
        {{ each(cell_parts(), "published.{c} as published_{c}, now.{c} as now_{c}") }}
    from {{ ref("fct_published_figures") }} as published
    inner join {{ ref("fct_published_figures") }} as now on {{ same("published", "now", keys) }}
    where
        published.replaced_in is not null
        and now.replaced_in is null
        and published.is_published
        and {{ any_differs("published", "now", cell_parts()) }}
),

caused as (
    select
        pairs.*,
        cause.cause,
        cause.cause_order,
        cause.is_restatement,
        {{ each(cell_parts(), "coalesce(sum(change.{c}), 0) as {c}_change") }}
    from pairs
    inner join {{ ref("fct_figure_changes") }} as change
        on {{ same("pairs", "change", keys) }} and pairs.published_in < change.release_id
    left join {{ ref("restatement_causes") }} as cause on change.cause = cause.cause
    group by all
),

by_measure as (
    {% for measure in measures() -%}
    {%- set numerator = measure.numerator_column %}
    {%- set denominator = measure.denominator_column %}
    select
        {{ columns_of("caused", keys + then_and_now + ["cause", "cause_order", "is_restatement"]) }},
        '{{ measure.measure }}' as measure,
        caused.published_{{ numerator }} as published_numerator,
        caused.published_{{ denominator }} as published_denominator,
        caused.now_{{ numerator }} as now_numerator,
        caused.now_{{ denominator }} as now_denominator,
        caused.{{ numerator }}_change as numerator_change,
        caused.{{ denominator }}_change as denominator_change
    from caused
    where
        caused.published_{{ denominator }} is not null
        and (caused.{{ numerator }}_change <> 0 or caused.{{ denominator }}_change <> 0)
    {{ "union all" if not loop.last }}
    {% endfor %}
),

substituted as (
    select
        *,
        {{ percent("published_numerator", "published_denominator") }} as published_percent,
        {{ percent("now_numerator", "now_denominator") }} as now_percent,
        {{ percent(
            "published_numerator + sum(numerator_change) over in_order",
            "(published_denominator + sum(denominator_change) over in_order)"
        ) }} as percent_after
    from by_measure
    window in_order as (
        partition by {{ keys | join(", ") }}, measure, published_in order by cause_order
    )
)

select
    {{ columns_of("substituted", keys + ["measure"] + then_and_now + ["cause", "is_restatement"]) }},
    cast(published_numerator as integer) as published_numerator,
    cast(published_denominator as integer) as published_denominator,
    published_percent,
    cast(now_numerator as integer) as now_numerator,
    cast(now_denominator as integer) as now_denominator,
    now_percent,
    cast(numerator_change as integer) as numerator_change,
    cast(denominator_change as integer) as denominator_change,
    case
        when published_percent is not null and now_percent is not null
            then
                coalesce(percent_after, last_percent)
                - coalesce(lag(coalesce(percent_after, last_percent)) over in_order, published_percent)
    end as percentage_points_change
from (
    select
        *,
        last_value(percent_after ignore nulls) over (
            partition by {{ keys | join(", ") }}, measure, published_in order by cause_order
        ) as last_percent
    from substituted
) as substituted
window in_order as (
    partition by {{ keys | join(", ") }}, measure, published_in order by cause_order
)
