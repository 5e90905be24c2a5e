with refused as (
    select
        extract_id,
        slug,
        kind,
        reason,
        is_settled,
        count(*) as rows,
        array_to_string(min(source_row, 8), ', ') as first_lines
    from {{ ref("int_refused_states") }}
    where slug is not null
    group by all
)

select
    school.slug,
    school.school_name,
    refused.extract_id,
    extract.file_name,
    refused.kind,
    extract.exported_at,
    extract.received_at,
    refused.reason,
    cast(reasons.reason_order as integer) as reason_order,
    reasons.what_is_wrong as reason_label,
    reasons.what_to_do,
    refused.is_settled,
    cast(refused.rows as bigint) as rows,
    refused.first_lines || if(refused.rows > 8, ', …', '') as lines
from refused
inner join {{ ref("dim_school") }} as school on refused.slug = school.slug
left join {{ ref("fct_extracts") }} as extract
    on refused.extract_id = extract.extract_id and school.school_urn = extract.school_urn
left join {{ ref("quarantine_reasons") }} as reasons on refused.reason = reasons.reason
