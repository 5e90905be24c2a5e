select
    rule_name,
    value
from {{ source("reference", "rules") }}
