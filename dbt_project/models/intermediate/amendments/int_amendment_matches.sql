-- The n-th time that a change is written down is the n-th time that it is seen, of the same two codes in one session.
with documents as (
    select
        amendments.*,
        coalesce(amendments.amended_at, amendments.exported_at) as written_at,
        row_number() over (
            partition by
                amendments.pupil_id, amendments.school_urn, amendments.session_date, amendments.session,
                amendments.original_code, amendments.amended_code
            order by written_at, amendments.export_order, amendments.row_id
        ) as occurrence,
        cast(row_number() over (
            partition by amendments.pupil_id, amendments.school_urn, amendments.session_date, amendments.session
            order by written_at, amendments.export_order, amendments.row_id
        ) as integer) as document_no
    from {{ ref("int_amendment_rows") }} as amendments
    cross join {{ ref("stg_trust") }} as trust
    where amendments.outcome = 'applied' and amendments.session_date <= trust.as_of
),

changes as (
    select
        changes.*,
        row_number() over (
            partition by
                changes.pupil_id, changes.school_urn, changes.session_date, changes.session,
                changes.original_code, changes.amended_code
            order by changes.change_no
        ) as occurrence
    from {{ ref("int_mark_changes") }} as changes
)

select
    documents.*,
    changes.change_no
from documents
left join changes
    on
        documents.pupil_id = changes.pupil_id
        and documents.school_urn = changes.school_urn
        and documents.session_date = changes.session_date
        and documents.session = changes.session
        and documents.original_code is not distinct from changes.original_code
        and documents.amended_code is not distinct from changes.amended_code
        and documents.occurrence = changes.occurrence
