{%- set keys = cell_keys() %}
with now as (
    select
        {{ columns_of("cohort", keys + cell_parts()) }},
        coalesce(period.is_complete, false) as is_period_over
    from {{ ref("fct_cohorts") }} as cohort
    left join {{ ref("int_school_periods") }} as period
        on {{ same("cohort", "period", ["school_urn", "period_type", "period_key"]) }}
),

before as (
    select figure.*
    from {{ ref("stg_previous_figures") }} as figure
    where figure.replaced_in is null
)

select
    {{ each(keys, "coalesce(now.{c}, before.{c}) as {c}") }},
    before.school_urn is not null as is_known,
    now.school_urn is not null as is_published,
    coalesce(now.is_period_over, before.is_period_over) as is_period_over,
    {{ each(
        cell_parts(),
        "case when before.{c} is not null or now.{c} is not null then coalesce(now.{c}, 0) end as {c}"
    ) }},
    coalesce(before.is_published, false) as was_published
from now
full outer join before on {{ same("now", "before", keys) }}
where
    (now.school_urn is not null) is distinct from before.is_published
    or (now.school_urn is not null and now.is_period_over is distinct from before.is_period_over)
    or (now.school_urn is not null and {{ any_differs("now", "before", cell_parts()) }})
