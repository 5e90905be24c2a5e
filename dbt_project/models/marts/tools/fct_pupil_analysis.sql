select
    pupil.pupil_key,
    measured.school_urn,
    measured.academic_year,
    measured.period_type,
    measured.period_key,
    coalesce(measured.year_group, 'unknown') as year_group,
    measured.is_compulsory_school_age,
    measured.is_at_risk,
    measured.is_persistently_absent,
    measured.possible_sessions,
    measured.authorised_sessions,
    measured.unauthorised_sessions,
    measured.truancy_sessions,
    {{ columns_of("measured", late_sums()) }},
    measured.is_persistently_late
from {{ ref("int_measure_periods") }} as measured
inner join {{ ref("int_pupils") }} as pupil on measured.pupil_id = pupil.pupil_id
