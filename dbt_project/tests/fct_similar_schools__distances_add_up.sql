-- What: every distance is the root of the sum of its parts, over as many characteristics as it says.
-- When it matters: whoever asks why a school is called similar is shown the parts.
-- How to mend: both come from squared_weighted_difference; see int_similar_distances and fct_similar_school_distances.
select
    neighbour.school_urn,
    neighbour.pool,
    neighbour.neighbour_urn
from {{ ref("fct_similar_schools") }} as neighbour
left join {{ ref("fct_similar_school_distances") }} as parts
    on
        neighbour.school_urn = parts.school_urn
        and neighbour.pool = parts.pool
        and neighbour.neighbour_urn = parts.neighbour_urn
group by all
having
    abs(any_value(neighbour.distance) - sqrt(sum(parts.squared_weighted_difference))) > 1e-12
    or any_value(neighbour.characteristics_used) != count(parts.characteristic)
    or sum(parts.squared_weighted_difference) is null
