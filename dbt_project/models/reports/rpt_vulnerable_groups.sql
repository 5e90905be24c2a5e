select
    place.place_type,
    place.place_key,
    place.place_name,
    place.slug,
    found.academic_year,
    found.period_type,
    found.period_key,
    found.cohort_dimension,
    found.cohort,
    dimension.display_name as dimension_label,
    cast(dimension.dimension_order as integer) as dimension_order,
    coalesce(names.display_name, years.display_name, if(found.cohort = 'unknown', 'Not known', found.cohort))
        as cohort_label,
    cast(coalesce(names.cohort_order, years.year_group_order, 999) as integer) as cohort_order,
    found.pupils,
    found.absent_sessions,
    found.share_of_absence_percent,
    found.share_of_possible_percent,
    found.representation_index,
    found.index_low,
    found.index_high,
    found.share_of_pupils_percent,
    found.share_of_persistent_absence_percent,
    found.status,
    found.is_disproportionate
from {{ ref("fct_vulnerable_groups") }} as found
inner join {{ ref("int_place_schools") }} as place
    on found.school_urn = place.school_urn and place.place_type = 'school'
left join {{ ref("cohort_dimensions") }} as dimension on found.cohort_dimension = dimension.cohort_dimension
left join {{ ref("cohort_names") }} as names
    on found.cohort_dimension = names.cohort_dimension and found.cohort = names.cohort
left join {{ ref("year_groups") }} as years
    on found.cohort_dimension = 'year_group' and found.cohort = years.year_group
where
    found.population = 'all'
    and found.period_type in {{ longer_period_types() }}
    and found.status in ('assessed', 'too_few_pupils')
