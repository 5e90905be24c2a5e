with shipped as (
    unpivot (
        select * from {{ ref("published_school_absence") }}
    ) on columns(* exclude (school_urn, academic_year, source))
    into name percent_column value published_percent
),

every_publication as (
    select
        school_urn,
        academic_year,
        percent_column,
        published_percent,
        source,
        null as exported_at
    from shipped
    union all
    select
        try_cast(geography_code as integer) as school_urn,
        academic_year,
        figure as percent_column,
        value as published_percent,
        source,
        exported_at
    from {{ ref("int_benchmarks_in_force") }}
    where dataset = 'school_absence' and time_window = 'year' and value is not null
)

select
    published.school_urn,
    published.academic_year,
    measure.measure,
    published.published_percent,
    published.source as source_file
from every_publication as published
inner join {{ ref("measures") }} as measure on published.percent_column = measure.percent_column
qualify
    row_number() over (
        partition by published.school_urn, published.academic_year, measure.measure
        order by published.exported_at desc nulls last
    ) = 1
