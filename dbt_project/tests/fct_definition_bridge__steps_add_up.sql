-- What: in every chain start + steps = end, in enrolments, pupils, sessions and persistently and severely absent
--   pupils; every chain of a school and period starts with the same figures and has one start and one end.
-- When it matters: the bridge is the answer to "why is this not DfE's figure?"; a rest would be a second question.
-- How to mend: a slice must leave at one step only; see definition_conditions and the order in definition_steps.
with counted as (
    unpivot {{ ref("fct_definition_bridge") }}
    on {{ definition_sums() | join(", ") }}
    into name counted value amount
),

chains as (
    select
        school_urn,
        period_type,
        period_key,
        definition,
        counted,
        count(*) filter (where kind = 'start') as starts,
        count(*) filter (where kind = 'end') as ends,
        sum(amount) filter (where kind = 'start') as start_amount,
        sum(case when kind = 'end' then -amount else amount end) as rest
    from counted
    group by school_urn, period_type, period_key, definition, counted
)

select
    school_urn,
    period_type,
    period_key,
    counted
from chains
group by school_urn, period_type, period_key, counted
having
    min(start_amount) <> max(start_amount)
    or bool_or(starts <> 1 or ends <> 1 or rest <> 0)
