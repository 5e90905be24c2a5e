-- A week of holidays has no number, so that a run of school weeks is a run of numbers, across years too.
select
    school_urn,
    week_start,
    {{ academic_year("max(session_date)") }} as academic_year,
    row_number() over (partition by school_urn order by week_start) as week_no
from {{ ref("int_school_days") }}
group by school_urn, week_start
