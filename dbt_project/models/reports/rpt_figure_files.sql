-- Sessions without a mark come from no file.
with used as (
    select
        school_urn,
        academic_year,
        half_term,
        term,
        extract_id,
        cast(count(*) filter (where mark_status = 'recorded') as integer) as marks,
        cast(count(*) filter (where mark_status = 'quarantined') as integer) as refused_marks
    from {{ ref("fct_sessions") }}
    where extract_id is not null
    group by all
),

summed as (
    {%- for period_type in period_types() if period_type != "week" %}
    select
        used.school_urn,
        used.academic_year,
        '{{ period_type }}' as period_type,
        {{ period_key(period_type, "used") }} as period_key,
        used.extract_id,
        {{ sums_of("used", ["marks", "refused_marks"]) }}
    from used
    where {{ period_key(period_type, "used") }} is not null
    group by all
    {{ "union all" if not loop.last }}
    {%- endfor %}
)

select
    school.slug,
    summed.academic_year,
    summed.period_type,
    summed.period_key,
    summed.extract_id,
    extract.file_name,
    extract.exported_at,
    extract.received_at,
    summed.marks,
    summed.refused_marks
from summed
inner join {{ ref("dim_school") }} as school on summed.school_urn = school.school_urn
left join {{ ref("fct_extracts") }} as extract
    on summed.extract_id = extract.extract_id and summed.school_urn = extract.school_urn
