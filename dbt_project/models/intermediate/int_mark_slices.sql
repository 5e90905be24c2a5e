select
    extracts.school_urn,
    {{ year_of_mark("stg.session_date", "extracts.exported_at") }} as academic_year,
    count(*) as marks
from {{ ref("stg_marks") }} as stg
left join {{ ref("stg_extracts") }} as extracts
    on stg.extract_id = extracts.extract_id and stg.slug is not distinct from extracts.slug
group by all
