select
    place.place_type,
    place.place_key,
    place.place_name,
    place.slug,
    curve.transition,
    passage.display_name as transition_label,
    cast(passage.transition_order as integer) as transition_order,
    curve.academic_year,
    curve.cohort_dimension,
    curve.cohort,
    coalesce(names.display_name, 'All pupils') as cohort_label,
    cast(100 * dimension.dimension_order + coalesce(names.cohort_order, 0) as integer) as cohort_order,
    curve.point,
    coalesce(half_term.display_name, before.display_name) as point_label,
    curve.pupils,
    curve.possible_sessions,
    curve.absent_sessions,
    curve.is_watched,
    curve.overall_absence_percent
from {{ ref("fct_transition_curves") }} as curve
inner join {{ ref("int_place_schools") }} as place
    on curve.school_urn = place.school_urn and place.place_type = 'school'
left join {{ ref("transitions") }} as passage on curve.transition = passage.transition
left join {{ ref("year_groups") }} as before on passage.from_year_group = before.year_group
left join {{ ref("half_terms") }} as half_term on curve.half_term = half_term.half_term
left join {{ ref("cohort_dimensions") }} as dimension on curve.cohort_dimension = dimension.cohort_dimension
left join {{ ref("cohort_names") }} as names
    on curve.cohort_dimension = names.cohort_dimension and curve.cohort = names.cohort
where
    curve.cohort_dimension = 'all'
    or names.is_rest is not null
