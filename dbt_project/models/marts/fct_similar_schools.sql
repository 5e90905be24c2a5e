select
    distance.school_urn,
    distance.pool,
    distance.neighbour_urn,
    coalesce(own.school_name, names.school_name) as neighbour_name,
    cast(distance.distance_rank as integer) as distance_rank,
    distance.distance,
    status.characteristics_used,
    status.characteristics_of,
    status.characteristics_used = status.characteristics_of as is_whole_distance,
    cast(distance.schools_in_pool as integer) as schools_in_pool
from {{ ref("int_similar_distances") }} as distance
inner join {{ ref("int_similar_statuses") }} as status on distance.school_urn = status.school_urn
left join {{ ref("dim_school") }} as own on distance.neighbour_urn = own.school_urn
left join (
    select
        school_urn,
        any_value(school_name) as school_name
    from {{ ref("int_published_school_values") }}
    group by school_urn
) as names on distance.neighbour_urn = names.school_urn
where
    distance.distance_rank <= status.similar_schools_number
    and (
        status.similarity_status = 'compared'
        or (distance.pool = 'trust' and status.similarity_status = 'too_few_in_pool')
    )
