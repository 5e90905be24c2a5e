-- Pupils who moved up into the running year: their absence before and since, and which way their band went.
select
    moved.pupil_key,
    school.slug,
    moved.transition,
    passage.display_name as transition_label,
    cast(passage.transition_order as integer) as transition_order,
    coalesce(earlier.display_label, 'Not known') as earlier_label,
    {{ percent("moved.earlier_absent_sessions", "moved.earlier_possible_sessions") }} as earlier_absence_percent,
    moved.earlier_absent_sessions,
    coalesce(later.display_label, 'No possible session') as later_label,
    {{ percent("moved.absent_sessions", "moved.possible_sessions") }} as overall_absence_percent,
    moved.absent_sessions,
    moved.change_percentage_points,
    moved.is_persistently_absent,
    direction.movement,
    direction.display_name as movement_label
from {{ ref("fct_transition") }} as moved
inner join {{ ref("dim_school") }} as school on moved.school_urn = school.school_urn
left join {{ ref("transitions") }} as passage on moved.transition = passage.transition
left join {{ ref("absence_bands") }} as earlier on moved.earlier_absence_band = earlier.absence_band
left join {{ ref("absence_bands") }} as later on moved.absence_band = later.absence_band
left join {{ ref("pupil_movements") }} as direction
    on direction.movement = case
        when moved.earlier_absence_band is null then 'first_band'
        when moved.bands_up > 0 then 'worse'
        when moved.bands_up < 0 then 'better'
        when moved.bands_up = 0 then 'same'
    end
where moved.academic_year = {{ running_year(ref("int_running_year")) }} and moved.possible_sessions is not null
