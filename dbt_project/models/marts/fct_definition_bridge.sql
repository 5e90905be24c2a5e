-- A slice leaves a definition at the first step that is about it; what never leaves is what the definition counts.
with definition_years as (
    select distinct
        academic_year,
        definition
    from {{ ref("int_definition_chains") }}
),

leaving as (
    select
        slice.*,
        definition.definition,
        min(step.step_order) as leaves_at
    from {{ ref("int_definition_slices") }} as slice
    inner join definition_years as definition on slice.academic_year = definition.academic_year
    left join {{ ref("definition_steps") }} as step
        on
            definition.definition = step.definition
            and case step.step
                {%- for step, condition in definition_conditions().items() %}
                when '{{ step }}' then slice.{{ condition }}
                {%- endfor %}
            end
    group by all
),

weighed as (
    select
        leaving.*,
        chain.definition_order,
        chain.step,
        chain.step_order,
        chain.kind,
        chain.display_name,
        case chain.kind
            when 'start' then 1
            when 'end' then cast(leaving.leaves_at is null as integer)
            else -cast(coalesce(leaving.leaves_at = chain.step_order, false) as integer)
        end as weight
    from leaving
    inner join {{ ref("int_definition_chains") }} as chain
        on leaving.definition = chain.definition and leaving.academic_year = chain.academic_year
),

summed as (
    select
        school_urn,
        academic_year,
        period_type,
        period_key,
        definition,
        definition_order,
        step,
        step_order,
        kind,
        display_name,
        {{ weighed_sums_of(definition_sums(), "weight") }}
    from weighed
    group by all
)

select
    *,
    {{ measure_percents_where("kind <> 'step'") }}
from summed
