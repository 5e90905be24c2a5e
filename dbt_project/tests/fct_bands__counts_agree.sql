-- What: in each row possible = attended + absent and absent = authorised + unauthorised; a row has a band exactly when
--   it has a possible session; severe absence is persistent too; without a possible session no flag is set.
-- When it matters: these are the figures that schools act on, pupil by pupil.
-- How to mend: the sums come from int_enrolment_weeks, the flags from int_enrolment_periods and dim_rule, the bands
--   from the seed absence_bands, which must leave no gap.
select
    school_urn,
    period_type,
    period_key,
    count(*) as enrolments
from {{ ref("fct_bands") }}
where
    possible_sessions <> attended_sessions + absent_sessions
    or absent_sessions <> authorised_sessions + unauthorised_sessions
    or (absence_band is null) <> (possible_sessions = 0)
    or (is_severely_absent and not is_persistently_absent)
    or (possible_sessions = 0 and (is_persistently_absent or is_severely_absent or is_at_risk))
group by school_urn, period_type, period_key
