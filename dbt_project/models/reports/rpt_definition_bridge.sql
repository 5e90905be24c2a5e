select
    place.place_type,
    place.place_key,
    place.place_name,
    place.slug,
    bridge.academic_year,
    bridge.period_type,
    bridge.period_key,
    bridge.definition,
    definition.display_name as definition_label,
    bridge.definition_order,
    bridge.step,
    bridge.step_order,
    bridge.kind,
    case bridge.kind
        when 'start' then 'Every enrolment'
        when 'end' then definition.display_name
        else 'Less: ' || lower(left(bridge.display_name, 1)) || substr(bridge.display_name, 2)
    end as label,
    coalesce(step.why, definition.description) as why,
    bridge.pupils,
    bridge.possible_sessions,
    bridge.absent_sessions,
    bridge.persistently_absent_pupils,
    bridge.overall_absence_percent,
    bridge.persistent_absence_percent
from {{ ref("fct_definition_bridge") }} as bridge
inner join {{ ref("int_place_schools") }} as place
    on bridge.school_urn = place.school_urn and place.place_type = 'school'
left join {{ ref("definitions") }} as definition
    on bridge.definition = definition.definition and {{ definition_in_force("definition", "bridge.academic_year") }}
left join {{ ref("definition_steps") }} as step on bridge.definition = step.definition and bridge.step = step.step
-- From every enrolment to every enrolment there is no step.
where bridge.definition_order > 1
