select
    pupil.pupil_key,
    {{ columns_of("enrolment", ["school_urn", "academic_year", "period_type", "period_key"] + session_sums()) }},
    {{ characteristics_key("enrolment") }} as characteristics_key,
    enrolment.age,
    enrolment.is_compulsory_school_age,
    enrolment.is_persistently_absent,
    enrolment.is_severely_absent
from {{ ref("int_enrolment_periods") }} as enrolment
inner join {{ ref("int_pupils") }} as pupil on enrolment.pupil_id = pupil.pupil_id
