-- What: every enrolment with sessions finds one version of its pupil's characteristics for each period.
-- When it matters: without one the pupil falls into `unknown` of every cohort and out of the compulsory school ages.
-- How to mend: int_enrolment_versions must span all days of a pupil who has sessions; compare it with int_roll.
select
    periods.school_urn,
    periods.period_type,
    periods.period_key,
    count(*) as enrolments
from {{ ref("int_enrolment_periods") }} as periods
left join {{ ref("int_enrolment_versions") }} as version
    on periods.pupil_id = version.pupil_id and periods.school_urn = version.school_urn
where version.pupil_id is null
group by periods.school_urn, periods.period_type, periods.period_key
