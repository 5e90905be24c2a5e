{%- for family in ["windows", "runs", "totals", "shares", "declines", "overdue"] %}
select {{ trigger_columns() | join(", ") }}
from {{ ref("int_trigger_" ~ family) }}
{{ "union all" if not loop.last }}
{%- endfor %}
