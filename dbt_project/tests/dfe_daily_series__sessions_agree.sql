-- What: in DfE's daily series possible = attended + absent and absent = authorised + unauthorised sessions.
-- When it matters: the comparators are divided from these sums.
-- How to mend: make the seed again from DfE's files (seeds/README.md); a changed column layout shows here first.
select
    academic_year,
    time_window,
    geography_code,
    school_phase
from {{ ref("dfe_daily_series") }}
where
    possible_sessions <> overall_attendance + overall_absence
    or overall_absence <> authorised_absence + unauthorised_absence
