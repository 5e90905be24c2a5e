-- Without rows until the release is put together: the run fills it then (orchestration/run_tables.py).
-- depends_on: {{ ref("rpt_release") }}
select
    cast(null as varchar) as run_id,
    cast(null as boolean) as is_this_release,
    cast(null as timestamp) as started_at,
    cast(null as timestamp) as finished_at,
    cast(null as double) as minutes,
    cast(null as varchar) as outcome,
    cast(null as varchar) as outcome_label,
    cast(null as bigint) as extracts,
    cast(null as bigint) as rows,
    cast(null as bigint) as rows_refused,
    cast(null as bigint) as extracts_held,
    cast(null as bigint) as checks_run,
    cast(null as bigint) as checks_failed
where false
