select
    schools.school_urn,
    refused.extract_id,
    refused.kind,
    refused.row_id,
    refused.source_row,
    refused.reason
from {{ ref("int_refused_rows") }} as refused
left join {{ ref("stg_schools") }} as schools on refused.slug = schools.slug
