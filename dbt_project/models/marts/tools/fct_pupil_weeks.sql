select
    pupil.pupil_key,
    step.school_urn,
    step.academic_year,
    cast(step.period_key as date) as week_start,
    step.year_group,
    step.is_compulsory_school_age,
    step.possible_sessions,
    step.possible_sessions - step.absent_sessions as attended_sessions,
    step.absent_sessions,
    step.absence_band,
    coalesce(step.is_persistently_absent, false) as is_persistently_absent,
    step.previous_absence_band,
    case
        when step.absence_band is null then 'no_band'
        when step.previous_absence_band is null then 'first_band'
        when step.band_order < step.previous_band_order then 'better'
        when step.band_order > step.previous_band_order then 'worse'
        else 'same'
    end as band_change,
    step.next_better_band,
    step.sessions_to_next_band
from {{ ref("int_band_steps") }} as step
inner join {{ ref("int_pupils") }} as pupil on step.pupil_id = pupil.pupil_id
where
    step.basis = 'year_to_date'
    and step.period_type = 'week'
    and step.is_on_roll
