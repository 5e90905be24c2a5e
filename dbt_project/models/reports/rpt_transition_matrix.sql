select
    place.place_type,
    place.place_key,
    place.place_name,
    place.slug,
    matrix.transition,
    passage.display_name as transition_label,
    cast(passage.transition_order as integer) as transition_order,
    matrix.academic_year,
    matrix.earlier_absence_band,
    coalesce(earlier.display_label, 'Not known') as earlier_label,
    cast(coalesce(earlier.band_order, 99) as integer) as earlier_order,
    matrix.absence_band,
    coalesce(later.display_label, 'No possible session') as later_label,
    cast(coalesce(later.band_order, 99) as integer) as later_order,
    matrix.pupils
from {{ ref("fct_transition_matrix") }} as matrix
inner join {{ ref("int_place_schools") }} as place
    on matrix.school_urn = place.school_urn and place.place_type = 'school'
left join {{ ref("transitions") }} as passage on matrix.transition = passage.transition
left join {{ ref("absence_bands") }} as earlier on matrix.earlier_absence_band = earlier.absence_band
left join {{ ref("absence_bands") }} as later on matrix.absence_band = later.absence_band
