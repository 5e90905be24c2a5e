-- What the figures must reach for a release to have served a task is written so that later is greater: `2026-11-13 PM`.
select
    task.task_id,
    period.school_urn,
    task.cadence,
    period.period_key,
    period.first_day,
    period.last_day,
    due.school_day as due_day,
    due.school_day + task.due_time as due_at,
    due.school_day + task.due_time - to_minutes(task.lead_minutes) as make_from,
    case task.covers
        when 'day_before' then coalesce(day_before.school_day || ' ' || day_before.last_session, '')
        when 'morning' then period.last_day || ' AM'
        else period.last_day || ' ' || period.last_session
    end as data_to
from {{ ref("tasks") }} as task
inner join {{ ref("int_task_periods") }} as period
    on task.cadence = period.cadence and (task.scope = 'network') = (period.school_urn is null)
inner join {{ ref("int_task_calendar") }} as due
    on
        period.school_urn is not distinct from due.school_urn
        and period.last_day_number + task.due_school_days = due.day_number
left join {{ ref("int_task_calendar") }} as day_before
    on
        period.school_urn is not distinct from day_before.school_urn
        and period.last_day_number - 1 = day_before.day_number
cross join {{ ref("stg_trust") }} as trust
where {{ academic_year("due.school_day") }} >= {{ academic_year("trust.as_of") }}
