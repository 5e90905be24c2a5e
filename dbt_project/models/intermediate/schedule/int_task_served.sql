-- Grain: one row per task, place and period that a release has served: the first whose figures reach far enough.
with releases as (
    select
        earlier.release_id,
        earlier.published_at,
        school.school_urn,
        earlier.slug is null as is_network,
        earlier.data_to
    from {{ source("reference", "task_releases") }} as earlier
    left join {{ ref("dim_school") }} as school on earlier.slug = school.slug
    union all
    select
        clock.release_id,
        clock.moment as published_at,
        reach.school_urn,
        reach.school_urn is null as is_network,
        reach.data_to
    from {{ ref("int_task_reach") }} as reach
    cross join {{ source("reference", "task_clock") }} as clock
)

select
    due.task_id,
    due.school_urn,
    due.period_key,
    min(releases.published_at) as served_at,
    min_by(releases.release_id, releases.published_at) as release_id
from {{ ref("dim_task_due") }} as due
inner join releases
    on
        due.school_urn is not distinct from releases.school_urn
        and (due.school_urn is null) = releases.is_network
        and due.data_to <= releases.data_to
group by due.task_id, due.school_urn, due.period_key
