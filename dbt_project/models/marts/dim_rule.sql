select
    rule.rule_name,
    coalesce(override.value, rule.value) as value,
    rule.value as default_value,
    rule.unit,
    rule.valid_from,
    rule.valid_to,
    rule.description,
    rule.source,
    case when override.rule_name is null then 'default' else 'trust' end as origin
from {{ ref("rules") }} as rule
left join {{ ref("stg_rules") }} as override on rule.rule_name = override.rule_name
