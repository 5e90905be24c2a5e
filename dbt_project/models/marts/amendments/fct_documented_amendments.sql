with last_seen as (
    select
        pupil_id,
        school_urn,
        session_date,
        session,
        amended_code,
        true as is_seen
    from {{ ref("int_mark_changes") }}
    group by pupil_id, school_urn, session_date, session, amended_code
),

met as (
    select
        documents.*,
        pupils.pupil_key,
        marks.code as code_in_force,
        marks.mark_status,
        marks.mark_status != 'quarantined' and (documents.amended_code is not distinct from marks.code) as is_in_force,
        case
            when documents.change_no is not null then 'change'
            when first_said.step_no is null and (documents.amended_code is not distinct from marks.code)
                then 'before_first_extract'
            when first_said.step_no is not null and (documents.amended_code is not distinct from first_said.code)
                then 'before_first_extract'
            when last_seen.is_seen then 'other_original'
            else 'never_seen'
        end as match_status
    from {{ ref("int_amendment_matches") }} as documents
    inner join {{ ref("int_pupils") }} as pupils on documents.pupil_id = pupils.pupil_id
    inner join {{ ref("fct_sessions") }} as marks
        on
            pupils.pupil_key = marks.pupil_key
            and documents.school_urn = marks.school_urn
            and documents.session_date = marks.session_date
            and documents.session = marks.session
    left join {{ ref("int_session_versions") }} as first_said
        on
            documents.pupil_id = first_said.pupil_id
            and documents.school_urn = first_said.school_urn
            and documents.session_date = first_said.session_date
            and documents.session = first_said.session
            and first_said.step_no = 1
    left join last_seen
        on
            documents.pupil_id = last_seen.pupil_id
            and documents.school_urn = last_seen.school_urn
            and documents.session_date = last_seen.session_date
            and documents.session = last_seen.session
            and documents.amended_code is not distinct from last_seen.amended_code
)

select
    met.pupil_key,
    met.school_urn,
    met.session_date,
    met.session,
    met.document_no,
    met.original_code,
    met.is_original_known,
    met.amended_code,
    met.amended_at,
    coalesce(met.staff_role, 'unknown') as amended_by_role,
    met.has_name,
    met.has_reason,
    met.match_status,
    statuses.does_original_agree,
    met.change_no,
    met.code_in_force,
    met.mark_status,
    met.is_in_force,
    met.document_no = max(met.document_no) over session_documents as is_latest,
    met.extract_id,
    met.source_row
from met
left join {{ ref("match_statuses") }} as statuses on met.match_status = statuses.match_status
window session_documents as (partition by met.pupil_key, met.school_urn, met.session_date, met.session)
