-- Grain: one row per usable row of a pupils extract.
select
    pupils.*,
    extracts.school_urn,
    extracts.export_order,
    extracts.exported_at
from {{ ref("stg_pupils") }} as pupils
inner join {{ ref("stg_extracts") }} as extracts
    on pupils.extract_id = extracts.extract_id and pupils.slug = extracts.slug
where
    pupils.row_reason is null
    and pupils.duplicate is null
