select
    pupils_of_group.school_urn,
    pupils_of_group.academic_year,
    pupils_of_group.period_type,
    pupils_of_group.period_key,
    pupils_of_group.population,
    pupils_of_group.cohort_dimension,
    pupils_of_group.cohort,
    'days_and_sessions' as finding,
    slot.item,
    pupils_of_group.pupils,
    slot.a as sessions,
    slot.p as possible_sessions,
    slot.b as compared_sessions,
    slot.q as compared_possible_sessions,
    {{ percent("slot.a", "slot.p") }} - {{ percent("slot.b", "slot.q") }} as difference_percentage_points,
    100 * pupils_of_group.interval_standard_errors * sqrt({{ paired_rates_variance("slot.pupils", "slot") }})
        as half_width,
    cast(null as integer) as points,
    case
        when pupils_of_group.is_too_few then 'too_few_pupils'
        when slot.p = 0 or slot.q = 0 then 'nothing_to_compare'
        else 'assessed'
    end as status
from {{ ref("int_pattern_groups") }} as pupils_of_group
inner join {{ ref("int_group_slots") }} as slot
    on
        pupils_of_group.period_no = slot.period_no
        and pupils_of_group.population = slot.population
        and pupils_of_group.cohort_dimension = slot.cohort_dimension
        and pupils_of_group.cohort = slot.cohort
