select
    reason,
    cast(reason_order as integer) as reason_order,
    what_is_wrong as reason_label,
    what_to_do
from {{ ref("quarantine_reasons") }}
