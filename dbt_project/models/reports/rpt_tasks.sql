-- What was due in the last four weeks and on the day itself, and of every task the one due next.
with placed as (
    select
        due.*,
        task.task_order,
        task.title,
        task.owner,
        place.place_type,
        place.place_key,
        place.place_name,
        place.slug,
        place.place_order,
        trust.as_of,
        due.due_day > trust.as_of as is_next,
        row_number() over (
            partition by due.task_id, place.place_key, due.due_day > trust.as_of order by due.due_at
        ) as position
    from {{ ref("fct_task") }} as due
    inner join {{ ref("tasks") }} as task on due.task_id = task.task_id
    cross join {{ ref("stg_trust") }} as trust
    inner join {{ ref("rpt_places") }} as place
        on
            place.place_type = case when due.school_urn is null then 'trust' else 'school' end
            and due.school_urn is not distinct from place.school_urn
)

select
    placed.place_type,
    placed.place_key,
    placed.place_name,
    placed.slug,
    placed.place_order,
    placed.task_id,
    placed.task_order,
    placed.title,
    placed.cadence,
    cadences.cadence_order,
    cadences.label as cadence_label,
    owners.label as owner_label,
    placed.period_key,
    placed.due_at,
    placed.is_next,
    placed.is_made,
    placed.status,
    statuses.status_order,
    statuses.label as status_label,
    statuses.is_late,
    statuses.is_open,
    placed.done_at,
    doers.label as done_by_label
from placed
left join {{ ref("task_cadences") }} as cadences on placed.cadence = cadences.cadence
left join {{ ref("task_statuses") }} as statuses on placed.status = statuses.status
left join {{ ref("task_roles") }} as owners on placed.owner = owners.role
left join {{ ref("task_roles") }} as doers on placed.done_by_role = doers.role
where
    (placed.is_next and placed.position = 1)
    or (
        not placed.is_next
        and placed.due_day > placed.as_of - cast({{ rule_value("task_lateness_days", "placed.as_of") }} as integer)
    )
