-- Grain: one row per marks extract, school and date that it has usable or blank rows for, with the marks it brings.
select
    judged.extract_no,
    judged.school_urn,
    extracts.export_order,
    judged.session_date,
    count(*) filter (where not judged.is_no_mark and not judged.is_repeated) as marks
from {{ ref("int_marks_judged") }} as judged
inner join {{ ref("stg_extracts") }} as extracts on judged.extract_no = extracts.extract_no
where
    judged.reason is null
    and judged.school_urn is not null
group by judged.extract_no, judged.school_urn, extracts.export_order, judged.session_date
