-- Without rows until the release is put together: the run fills it then (orchestration/run_tables.py).
select
    cast(null as varchar) as run_id,
    cast(null as varchar) as step,
    cast(null as integer) as step_order,
    cast(null as double) as seconds
from {{ ref("rpt_release") }}
where false
