with numbered as (
    select
        *,
        row_number()
            over (partition by school_urn order by exported_at desc, file_name desc, extract_id asc)
            as extract_order
    from {{ ref("fct_extracts") }}
)

select
    school.slug,
    school.school_name,
    extract.extract_id,
    extract.file_name,
    extract.kind,
    extract.exported_at,
    extract.received_at,
    extract.first_date,
    extract.last_date,
    {%- for column in extract_outcomes() %}
    cast(extract.{{ column }} as bigint) as {{ column }},
    {%- endfor %}
    cast(extract.extract_order as integer) as extract_order,
    extract.review_status,
    extract.marks,
    extract.marks_in_force
from numbered as extract
left join {{ ref("dim_school") }} as school on extract.school_urn = school.school_urn
where extract.extract_order <= 20 or extract.review_status is not null
