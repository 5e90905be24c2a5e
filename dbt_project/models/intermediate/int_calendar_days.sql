-- Grain: one row per school, listed date, session (null = both) and year group (null = all) of the calendars in force.
-- A calendar covers the dates from its first to its last row; on each date the newest that covers it speaks alone.
with usable as (
    select
        extracts.school_urn,
        extracts.export_order,
        calendar.*
    from {{ ref("stg_calendar") }} as calendar
    inner join {{ ref("stg_extracts") }} as extracts
        on calendar.extract_id = extracts.extract_id and calendar.slug = extracts.slug
    where
        calendar.row_reason is null
        and calendar.duplicate is null
),

coverage as (
    select
        school_urn,
        extract_id,
        export_order,
        min(calendar_date) as first_date,
        max(calendar_date) as last_date
    from usable
    group by school_urn, extract_id, export_order
)

select
    usable.school_urn,
    usable.extract_id,
    usable.row_id,
    usable.calendar_date,
    usable.session,
    usable.year_group,
    usable.status = 'open' as is_open
from usable
where
    usable.half_term is null
    and not exists (
        select 1
        from coverage
        where
            coverage.school_urn = usable.school_urn
            and coverage.export_order > usable.export_order
            and usable.calendar_date between coverage.first_date and coverage.last_date
    )
