-- What: in every chain start + steps = end, in enrolments, pupils, sessions and persistently and severely absent pupils;
--   every chain of a school and period starts with the same figures; every definition in force has one start and one end.
-- When it matters: the bridge is the answer to "why is this not DfE's figure?"; a rest would be a second question.
-- How to mend: a slice must leave at one step only; see definition_conditions and the order in definition_steps.
{%- set counted = definition_sums() %}
with chains as (
    select
        school_urn,
        period_type,
        period_key,
        definition,
        count(*) filter (where kind = 'start') as starts,
        count(*) filter (where kind = 'end') as ends,
        {%- for column in counted %}
        sum({{ column }}) filter (where kind = 'start') as start_{{ column }},
        sum(case when kind = 'end' then -{{ column }} else {{ column }} end) as rest_{{ column }}{{ "," if not loop.last }}
        {%- endfor %}
    from {{ ref("fct_definition_bridge") }}
    group by school_urn, period_type, period_key, definition
),

compared as (
    select
        *,
        {%- for column in counted %}
        min(start_{{ column }}) over whole <> max(start_{{ column }}) over whole as differs_{{ column }}{{ "," if not loop.last }}
        {%- endfor %}
    from chains
    window whole as (partition by school_urn, period_type, period_key)
)

select
    school_urn,
    period_type,
    period_key,
    definition
from compared
where
    starts <> 1
    or ends <> 1
    {%- for column in counted %}
    or rest_{{ column }} <> 0
    or differs_{{ column }}
    {%- endfor %}
