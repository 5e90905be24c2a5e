-- The counts of rpt_tasks without what is due next: of each task at each place, of a place's tasks together (task_id
-- `all`), of a task over all places (place_key `all`), and of everything.
select
    case when place_key is null then 'all' else any_value(place_type) end as place_type,
    coalesce(place_key, 'all') as place_key,
    case when place_key is not null then any_value(place_name) end as place_name,
    case when place_key is not null then any_value(slug) end as slug,
    case when place_key is not null then any_value(place_order) end as place_order,
    coalesce(task_id, 'all') as task_id,
    case when task_id is not null then any_value(task_order) end as task_order,
    case when task_id is not null then any_value(title) end as title,
    case when task_id is not null then any_value(cadence_order) end as cadence_order,
    case when task_id is not null then any_value(cadence_label) end as cadence_label,
    case when task_id is not null then any_value(owner_label) end as owner_label,
    case when task_id is not null then any_value(is_made) end as is_made,
    cast(count(*) filter (where not is_next) as integer) as due_tasks,
    {%- for status in ["done", "done_late", "late", "not_recorded", "due_today"] %}
    cast(count(*) filter (where not is_next and status = '{{ status }}') as integer) as {{ status }}_tasks,
    {%- endfor %}
    max(done_at) as last_done_at,
    min(due_at) filter (where is_open and not is_late) as next_due_at
from {{ ref("rpt_tasks") }}
group by cube(place_key, task_id)
