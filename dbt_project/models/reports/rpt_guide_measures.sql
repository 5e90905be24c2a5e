select
    measure,
    display_name as measure_label,
    short_name,
    cast(measure_order as integer) as measure_order,
    definition,
    better,
    source
from {{ ref("measure_definitions") }}
