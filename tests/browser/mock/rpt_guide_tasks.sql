select t.task_id, t.task_order::int as task_order, t.title, c.cadence_order::int as cadence_order, c.label as cadence_label,
  t.scope = 'network' as is_network, t.done_by = 'release' as is_made, t.producer, r.label as owner_label, t.audience, t.action,
  t.due_school_days::int as due_school_days, strftime(date '2000-01-01' + t.due_time::time, '%H:%M') as due_time, t.page,
  t.annex_lines is not null as is_of_annex, t.source
from read_csv('{seeds}/schedule/tasks.csv', all_varchar = true) t
join read_csv('{seeds}/schedule/task_cadences.csv', all_varchar = true) c using (cadence)
join read_csv('{seeds}/schedule/task_roles.csv', all_varchar = true) r on r.role = t.owner
