-- What: a code that counts for a penalty notice, a return, ground I, suspension or an outstanding reason is an absence.
-- When it matters: the rules about pupils look at absences alone; another code's flag would count for nothing.
-- How to mend: correct the row of attendance_codes.
select
    code,
    valid_from
from {{ ref("attendance_codes") }}
where
    not is_absent
    and (
        counts_for_penalty_notice
        or counts_for_attendance_return
        or counts_for_ground_i
        or counts_for_sickness_return
        or counts_for_suspension
        or is_reason_outstanding
    )
