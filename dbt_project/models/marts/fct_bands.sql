select
    pupil.pupil_key,
    enrolment.school_urn,
    enrolment.academic_year,
    enrolment.period_type,
    enrolment.period_key,
    enrolment.year_group,
    {{ columns_of("enrolment", session_sums()) }},
    band.absence_band,
    enrolment.is_persistently_absent,
    enrolment.is_severely_absent,
    enrolment.is_at_risk,
    enrolment.is_compulsory_school_age
from {{ ref("int_enrolment_periods") }} as enrolment
inner join {{ ref("int_pupils") }} as pupil on enrolment.pupil_id = pupil.pupil_id
left join {{ ref("absence_bands") }} as band
    on {{ in_band("enrolment.absent_sessions", "enrolment.possible_sessions", "band") }}
