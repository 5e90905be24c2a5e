-- Grain: one row per refused row of any extract, with its one reason.
select
    places.extract_id,
    places.slug,
    cast('marks' as varchar) as kind,
    places.row_id,
    places.source_row,
    places.reason
from {{ ref("int_mark_places") }} as places
where places.reason is not null
union all
select
    pupils.extract_id,
    pupils.slug,
    'pupils',
    pupils.row_id,
    pupils.source_row,
    coalesce(pupils.row_reason, 'conflicting_duplicate')
from {{ ref("stg_pupils") }} as pupils
where
    pupils.row_reason is not null
    or pupils.duplicate = 'conflicting'
union all
select
    calendar.extract_id,
    calendar.slug,
    'calendar',
    calendar.row_id,
    calendar.source_row,
    coalesce(calendar.row_reason, 'conflicting_duplicate')
from {{ ref("stg_calendar") }} as calendar
where
    calendar.row_reason is not null
    or calendar.duplicate = 'conflicting'
union all
select
    refused.extract_id,
    refused.slug,
    refused.kind,
    refused.row_id,
    refused.source_row,
    refused.row_reason
from {{ ref("stg_refused") }} as refused
