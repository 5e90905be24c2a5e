-- Without rows until the release is put together: the run fills it then (orchestration/run_tables.py).
-- depends_on: {{ ref("rpt_release") }}
select
    cast(null as varchar) as run_id,
    cast(null as varchar) as step,
    cast(null as integer) as step_order,
    cast(null as double) as seconds
where false
