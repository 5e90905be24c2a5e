-- Grain: one row per marks extract, school and date that it has usable or blank rows for, with the marks it brings.
select
    judged.extract_id,
    judged.school_urn,
    extracts.export_order,
    judged.session_date,
    count(*) filter (where not judged.is_no_mark and judged.duplicate is distinct from 'identical') as marks
from {{ ref("int_marks_judged") }} as judged
inner join {{ ref("stg_extracts") }} as extracts
    on judged.extract_id = extracts.extract_id and judged.slug = extracts.slug
where judged.reason is null
group by judged.extract_id, judged.school_urn, extracts.export_order, judged.session_date
