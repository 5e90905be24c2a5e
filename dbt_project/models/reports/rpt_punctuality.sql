select
    school.slug,
    late.academic_year,
    late.period_type,
    late.period_key,
    {{ cohort_labels("late") }},
    late.pupils,
    late.late_pupils,
    late.persistently_late_pupils,
    late.possible_sessions,
    late.late_before_close_sessions,
    late.late_after_close_sessions,
    late.late_sessions,
    case when late.minutes_known_sessions > 0 then late.minutes_late end as minutes_late,
    late.late_before_close_percent,
    late.late_after_close_percent,
    late.late_percent
from {{ ref("fct_punctuality") }} as late
inner join {{ ref("dim_school") }} as school on late.school_urn = school.school_urn
{{ cohort_label_joins("late") }}
where
    late.population = 'all'
    and late.period_type in {{ longer_period_types() }}
    and not coalesce(cohort_name.is_rest, false)
