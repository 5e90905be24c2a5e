select
    pupils.pupil_key,
    changes.school_urn,
    changes.session_date,
    changes.session,
    changes.change_no,
    changes.change_kind,
    changes.original_status,
    changes.original_code,
    changes.original_minutes_late,
    changes.amended_status,
    changes.amended_code,
    changes.amended_minutes_late,
    amended.exported_at as seen_at,
    cast(date_diff('day', changes.session_date, cast(amended.exported_at as date)) as integer) as days_after,
    original.extract_id as original_extract_id,
    changes.original_source_row,
    amended.extract_id as amended_extract_id,
    changes.amended_source_row,
    kinds.needs_document,
    documents.document_no is not null as is_documented,
    documents.document_no,
    documents.amended_at,
    coalesce(documents.staff_role, 'unknown') as amended_by_role,
    coalesce(documents.has_name, false) as has_name,
    coalesce(documents.has_reason, false) as has_reason
from {{ ref("int_mark_changes") }} as changes
inner join {{ ref("int_pupils") }} as pupils on changes.pupil_id = pupils.pupil_id
inner join {{ ref("stg_extracts") }} as original on changes.original_extract_no = original.extract_no
inner join {{ ref("stg_extracts") }} as amended on changes.amended_extract_no = amended.extract_no
left join {{ ref("change_kinds") }} as kinds on changes.change_kind = kinds.change_kind
left join {{ ref("int_amendment_matches") }} as documents
    on
        changes.pupil_id = documents.pupil_id
        and changes.school_urn = documents.school_urn
        and changes.session_date = documents.session_date
        and changes.session = documents.session
        and changes.change_no = documents.change_no
