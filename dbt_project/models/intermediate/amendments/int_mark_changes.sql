with paired as (
    select
        versions.*,
        lag(versions.extract_no) over steps as original_extract_no,
        lag(versions.source_row) over steps as original_source_row,
        lag(versions.code) over steps as original_code,
        lag(versions.minutes_late) over steps as original_minutes_late,
        lag(versions.mark_status) over steps as original_status
    from {{ ref("int_session_versions") }} as versions
    window
        steps as (
            partition by versions.pupil_id, versions.school_urn, versions.session_date, versions.session
            order by versions.step_no
        )
),

changed as (
    select
        paired.*,
        case
            when paired.original_status != 'recorded' or paired.mark_status != 'recorded' then null
            when paired.original_code = paired.code then 'same_code'
            when
                coalesce(original.is_reason_outstanding, false) and not coalesce(amended.is_reason_outstanding, false)
                then 'reason_found'
            else 'other_code'
        end as detail
    from paired
    left join {{ ref("attendance_codes") }} as original
        on
            paired.original_code = original.code
            and paired.session_date >= original.valid_from
            and paired.session_date <= coalesce(original.valid_to, date '9999-12-31')
    left join {{ ref("attendance_codes") }} as amended
        on
            paired.code = amended.code
            and paired.session_date >= amended.valid_from
            and paired.session_date <= coalesce(amended.valid_to, date '9999-12-31')
    where
        paired.step_no > 1
        and (paired.original_status, paired.original_code, paired.original_minutes_late)
        is distinct from (paired.mark_status, paired.code, paired.minutes_late)
)

select
    changed.pupil_id,
    changed.school_urn,
    changed.session_date,
    changed.session,
    cast(row_number() over (
        partition by changed.pupil_id, changed.school_urn, changed.session_date, changed.session
        order by changed.step_no
    ) as integer) as change_no,
    changed.original_status,
    changed.original_code,
    changed.original_minutes_late,
    changed.mark_status as amended_status,
    changed.code as amended_code,
    changed.minutes_late as amended_minutes_late,
    kinds.change_kind,
    changed.original_extract_no,
    changed.original_source_row,
    changed.extract_no as amended_extract_no,
    changed.source_row as amended_source_row
from changed
left join {{ ref("mark_changes") }} as kinds
    on
        changed.original_status = kinds.original_status
        and changed.mark_status = kinds.amended_status
        and changed.detail is not distinct from kinds.detail
