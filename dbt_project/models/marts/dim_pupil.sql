select
    version.pupil_key,
    version.school_urn,
    version.valid_from,
    version.valid_to,
    version.year_group,
    version.form,
    version.sex,
    version.birth_cohort,
    version.compulsory_from,
    version.enrolment_status,
    version.fsm,
    version.pupil_premium,
    version.sen_status,
    version.sen_need,
    version.english_additional_language,
    version.ethnicity,
    version.looked_after,
    version.previously_looked_after,
    version.child_in_need,
    version.child_protection_plan,
    version.young_carer,
    version.service_child,
    version.travel_mode,
    version.previous_school_laestab,
    counted.counts_from,
    counted.counts_before
from {{ ref("int_pupil_versions") }} as version
left join {{ ref("int_enrolment_versions") }} as counted
    on
        version.pupil_id = counted.pupil_id
        and version.school_urn = counted.school_urn
        and version.valid_from = counted.valid_from
