select
    place.place_type,
    place.place_key,
    place.place_name,
    place.slug,
    moved.academic_year,
    moved.period_type,
    moved.period_key,
    period.label,
    period.period_order,
    moved.previous_persistently_absent_pupils,
    moved.newly_in,
    moved.joined_in,
    moved.newly_out,
    moved.left_in,
    moved.persistently_absent_pupils,
    moved.pupils,
    {{ percent("moved.persistently_absent_pupils", "moved.pupils") }} as persistent_absence_percent
from {{ ref("fct_persistent_absence_movement") }} as moved
inner join {{ ref("int_place_schools") }} as place
    on moved.school_urn = place.school_urn and place.place_type = 'school'
inner join {{ ref("rpt_periods") }} as period
    on moved.period_type = period.period_type and moved.period_key = period.period_key
where moved.population = 'all'
