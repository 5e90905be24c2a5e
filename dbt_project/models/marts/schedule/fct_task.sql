-- What Rollcall makes is done by the first release that reaches far enough; what people do, when they write it down.
with records as (
    select
        record.task_id,
        school.school_urn,
        record.period_key,
        record.done_at,
        record.role
    from {{ source("reference", "task_records") }} as record
    left join {{ ref("dim_school") }} as school on record.slug = school.slug
    where record.slug is null or school.school_urn is not null
),

followed as (
    select
        due.*,
        task.done_by = 'release' as is_made,
        due.due_at > clock.followed_from as is_judged,
        served.served_at as ready_at,
        case when task.done_by = 'release' then served.served_at else record.done_at end as done_at,
        case
            when task.done_by <> 'release' then record.role
            when served.served_at is not null then task.owner
        end as done_by_role,
        case when task.done_by = 'release' then served.release_id end as release_id,
        max(record.done_at) over (partition by due.task_id, due.school_urn) is not null as is_ever_recorded,
        clock.moment
    from {{ ref("dim_task_due") }} as due
    inner join {{ ref("tasks") }} as task on due.task_id = task.task_id
    cross join {{ source("reference", "task_clock") }} as clock
    left join {{ ref("int_task_served") }} as served
        on
            due.task_id = served.task_id
            and due.school_urn is not distinct from served.school_urn
            and due.period_key = served.period_key
    left join records as record
        on
            due.task_id = record.task_id
            and due.school_urn is not distinct from record.school_urn
            and due.period_key = record.period_key
),

judged as (
    select
        *,
        case
            when done_at > due_at and is_judged then 'done_late'
            when done_at is not null then 'done'
            when is_made or (is_judged and is_ever_recorded) then 'late'
            else 'not_recorded'
        end as status_when_past
    from followed
)

select
    task_id,
    school_urn,
    cadence,
    period_key,
    first_day,
    last_day,
    due_day,
    due_at,
    make_from,
    is_made,
    is_judged,
    ready_at,
    done_at,
    done_by_role,
    release_id,
    status_when_past,
    case
        when done_at is not null or due_at < moment then status_when_past
        when due_day = cast(moment as date) then 'due_today'
        else 'to_come'
    end as status
from judged
