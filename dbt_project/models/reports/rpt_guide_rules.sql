select
    rule.rule_name,
    upper(left(rule.rule_name, 1)) || replace(substr(rule.rule_name, 2), '_', ' ') as label,
    cast(rule.value as double) as value,
    rule.unit,
    rule.description,
    rule.source
from {{ ref("dim_rule") }} as rule
inner join {{ ref("stg_trust") }} as trust
    on rule.valid_from <= trust.as_of and coalesce(rule.valid_to >= trust.as_of, true)
