-- Grain: one row per refused row of any extract, with its one reason.
select
    extracts.extract_id,
    extracts.slug,
    cast('marks' as varchar) as kind,
    judged.row_id,
    judged.source_row,
    judged.reason
from {{ ref("int_marks_judged") }} as judged
left join {{ ref("stg_extracts") }} as extracts on judged.extract_no = extracts.extract_no
where judged.reason is not null
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
