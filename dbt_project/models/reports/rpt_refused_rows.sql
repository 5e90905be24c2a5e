select
    school.slug,
    school.school_name,
    place.place_order,
    refused.kind,
    refused.reason,
    cast(reasons.reason_order as integer) as reason_order,
    reasons.what_is_wrong as reason_label,
    reasons.what_to_do,
    cast(count(*) as bigint) as rows,
    cast(count(distinct refused.extract_id) as bigint) as extracts,
    max(extract.received_at) as newest_received_at
from {{ ref("fct_quarantined_rows") }} as refused
left join {{ ref("quarantine_reasons") }} as reasons on refused.reason = reasons.reason
left join {{ ref("fct_extracts") }} as extract
    on refused.extract_id = extract.extract_id and refused.school_urn is not distinct from extract.school_urn
left join {{ ref("dim_school") }} as school on refused.school_urn = school.school_urn
left join {{ ref("int_place_schools") }} as place
    on refused.school_urn = place.school_urn and place.place_type = 'school'
group by all
