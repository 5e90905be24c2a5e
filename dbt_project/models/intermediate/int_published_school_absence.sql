with published as (
    unpivot (
        select * from {{ ref("published_school_absence") }}
    ) on columns(* exclude (school_urn, academic_year, source))
    into name percent_column value published_percent
)

select
    published.school_urn,
    published.academic_year,
    measure.measure,
    published.published_percent,
    published.source as source_file
from published
inner join {{ ref("measures") }} as measure on published.percent_column = measure.percent_column
