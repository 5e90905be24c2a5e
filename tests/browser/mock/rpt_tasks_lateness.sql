select case when place_key is null then 'all' else any_value(place_type) end as place_type, coalesce(place_key, 'all') as place_key,
  case when place_key is not null then any_value(place_name) end as place_name, case when place_key is not null then any_value(slug) end as slug,
  case when place_key is not null then any_value(place_order) end as place_order, coalesce(task_id, 'all') as task_id,
  case when task_id is not null then any_value(task_order) end as task_order, case when task_id is not null then any_value(title) end as title,
  case when task_id is not null then any_value(cadence_order) end as cadence_order,
  case when task_id is not null then any_value(cadence_label) end as cadence_label,
  case when task_id is not null then any_value(owner_label) end as owner_label, case when task_id is not null then any_value(is_made) end as is_made,
  count(*) filter (not is_next) as due_tasks, count(*) filter (not is_next and status = 'done') as done_tasks,
  count(*) filter (not is_next and status = 'done_late') as done_late_tasks, count(*) filter (not is_next and status = 'late') as late_tasks,
  count(*) filter (not is_next and status = 'not_recorded') as not_recorded_tasks,
  count(*) filter (not is_next and status = 'due_today') as due_today_tasks, max(done_at) as last_done_at, min(due_at) filter (is_open and not is_late) as next_due_at
from rpt_tasks
group by grouping sets ((place_key, task_id), (place_key), (task_id), ())
