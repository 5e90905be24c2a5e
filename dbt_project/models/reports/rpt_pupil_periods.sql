-- The running year's half terms, terms and year, and the year before as a whole; a half term beside the one before it.
with steps as (
    select
        pupil.pupil_key,
        step.school_urn,
        step.period_type,
        step.period_key,
        step.previous_absence_band,
        case
            when step.previous_absence_band is null then 'first_band'
            when step.band_order < step.previous_band_order then 'better'
            when step.band_order > step.previous_band_order then 'worse'
            else 'same'
        end as movement
    from {{ ref("int_band_steps") }} as step
    inner join {{ ref("int_pupils") }} as pupil on step.pupil_id = pupil.pupil_id
    where step.basis = 'period' and step.is_on_roll and step.absence_band is not null
)

select
    enrolment.pupil_key,
    school.slug,
    enrolment.academic_year,
    enrolment.period_type,
    enrolment.period_key,
    period.label,
    period.start_date,
    period.is_running,
    enrolment.year_group,
    coalesce(years.display_name, 'Not known') as year_group_label,
    cast(coalesce(years.year_group_order, 999) as integer) as year_group_order,
    {{ columns_of("enrolment", session_sums() | reject("equalto", "quarantined_sessions") | list) }},
    {{ percent("enrolment.attended_sessions", "enrolment.possible_sessions") }} as attendance_percent,
    {{ percent("enrolment.absent_sessions", "enrolment.possible_sessions") }} as overall_absence_percent,
    enrolment.absent_sessions / 2.0 as days_absent,
    enrolment.absence_band,
    band.display_label as band_label,
    cast(band.band_order as integer) as band_order,
    band.status as band_status_label,
    earlier.display_label as previous_band_label,
    steps.movement,
    moved.display_name as movement_label
from {{ ref("fct_bands") }} as enrolment
inner join {{ ref("dim_school") }} as school on enrolment.school_urn = school.school_urn
inner join {{ ref("rpt_periods") }} as period
    on enrolment.period_type = period.period_type and enrolment.period_key = period.period_key
left join steps
    on
        enrolment.pupil_key = steps.pupil_key
        and enrolment.school_urn = steps.school_urn
        and enrolment.period_type = steps.period_type
        and enrolment.period_key = steps.period_key
left join {{ ref("year_groups") }} as years on enrolment.year_group = years.year_group
left join {{ ref("absence_bands") }} as band on enrolment.absence_band = band.absence_band
left join {{ ref("absence_bands") }} as earlier on steps.previous_absence_band = earlier.absence_band
left join {{ ref("pupil_movements") }} as moved on steps.movement = moved.movement
where
    enrolment.period_type in {{ longer_period_types() }}
    and (
        enrolment.academic_year = {{ running_year(ref("int_running_year")) }}
        or enrolment.period_type = 'year'
        and {{ start_year("enrolment.academic_year") }} = {{ start_year(running_year(ref("int_running_year"))) }} - 1
    )
