select
    task.task_id,
    task.task_order,
    task.title,
    cadences.cadence_order,
    cadences.label as cadence_label,
    task.scope = 'network' as is_network,
    task.done_by = 'release' as is_made,
    task.producer,
    owners.label as owner_label,
    task.audience,
    task.action,
    task.due_school_days,
    strftime(date '2000-01-01' + task.due_time, '%H:%M') as due_time,
    task.page,
    task.annex_lines is not null as is_of_annex,
    task.source
from {{ ref("tasks") }} as task
left join {{ ref("task_cadences") }} as cadences on task.cadence = cadences.cadence
left join {{ ref("task_roles") }} as owners on task.owner = owners.role
