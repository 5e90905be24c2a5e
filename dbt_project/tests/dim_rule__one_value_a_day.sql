-- What: no rule has two values on one day, and every override in trust.toml belongs to a rule.
-- When it matters: a threshold with two values stops the build, an override of no rule is a setting without effect.
-- How to mend: close the older row in the seed rules with valid_to; correct the name under [rules] in trust.toml.
with dated as (
    select
        rule_name,
        valid_to,
        lead(valid_from) over (partition by rule_name order by valid_from) as next_from
    from {{ ref("dim_rule") }}
)

select rule_name
from dated
where next_from <= coalesce(valid_to, date '9999-12-31')
union all
select override.rule_name
from {{ ref("stg_rules") }} as override
left join {{ ref("rules") }} as rule on override.rule_name = rule.rule_name
where rule.rule_name is null
