-- What: the changes of a session follow one another (each begins with the mark that the one before ended with, in order
--   of export), the last one ends with the mark in force, and each is a change.
-- When it matters: the log is what the school shows when asked who changed the register (SI 2024/208, regulation 6).
-- How to mend: see int_session_versions for the session; a break means that an extract speaks in one model and not in
--   the other, so compare int_speaking_steps with int_extract_holds.
with linked as (
    select
        pupil_key,
        school_urn,
        session_date,
        session,
        change_no,
        seen_at,
        concat_ws('|', original_status, coalesce(original_code, ''), original_minutes_late) as original_mark,
        concat_ws('|', amended_status, coalesce(amended_code, ''), amended_minutes_late) as amended_mark,
        lag(amended_mark) over changes as before,
        lag(seen_at) over changes as seen_before,
        lead(change_no) over changes is null as is_last,
        case when is_last then pupil_key end as last_of_pupil
    from {{ ref("fct_amendments") }}
    window changes as (partition by pupil_key, school_urn, session_date, session order by change_no)
)

select linked.*
from linked
left join {{ ref("fct_sessions") }} as marks
    on
        linked.last_of_pupil = marks.pupil_key
        and linked.school_urn = marks.school_urn
        and linked.session_date = marks.session_date
        and linked.session = marks.session
where
    linked.original_mark = linked.amended_mark
    or linked.original_mark <> linked.before
    or linked.seen_before > linked.seen_at
    or (linked.change_no = 1) <> (linked.before is null)
    or (
        linked.is_last
        and linked.amended_mark
        is distinct from concat_ws('|', marks.mark_status, coalesce(marks.code, ''), marks.minutes_late)
    )
