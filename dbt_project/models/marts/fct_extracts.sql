select
    extracts.extract_id,
    extracts.school_urn,
    extracts.kind,
    extracts.file_name,
    extracts.exported_at,
    extracts.received_at,
    places.first_date,
    places.last_date,
    extracts.rows,
    cast(coalesce(places.applied, 0) as bigint) as applied,
    cast(coalesce(places.superseded, 0) as bigint) as superseded,
    cast(coalesce(places.identical_duplicate, 0) as bigint) as identical_duplicate,
    cast(coalesce(places.no_mark, 0) as bigint) as no_mark,
    cast(coalesce(places.quarantined, 0) as bigint) as quarantined,
    cast(coalesce(places.held, 0) as bigint) as held,
    extracts.layout,
    extracts.problem,
    extracts.sha256,
    extracts.inbox,
    coalesce(reviews.review_status, extracts.decision) as review_status,
    reviews.marks,
    reviews.marks_in_force
from {{ ref("stg_extracts") }} as extracts
left join {{ ref("int_extract_places") }} as places
    on extracts.extract_id = places.extract_id and extracts.slug is not distinct from places.slug
left join {{ ref("int_extract_holds") }} as reviews
    on extracts.extract_no = reviews.extract_no and reviews.session_date is null
