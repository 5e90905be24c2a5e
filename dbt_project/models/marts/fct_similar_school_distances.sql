with pool as (
    select
        'trust' as pool,
        school_phase,
        school_urn,
        characteristic,
        value
    from {{ ref("int_school_characteristics") }}
    union all
    select
        'published' as pool,
        school_phase,
        school_urn,
        characteristic,
        value
    from {{ ref("int_published_school_values") }}
)

select
    neighbour.school_urn,
    neighbour.pool,
    neighbour.neighbour_urn,
    own.characteristic,
    own.characteristic_order,
    own.value as school_value,
    own.origin as school_value_origin,
    pool.value as neighbour_value,
    own.weight,
    {{ squared_weighted_difference("own.weight", "own.value", "pool.value") }} as squared_weighted_difference
from {{ ref("fct_similar_schools") }} as neighbour
inner join {{ ref("int_school_characteristics") }} as own on neighbour.school_urn = own.school_urn
left join pool
    on
        neighbour.pool = pool.pool
        and own.school_phase = pool.school_phase
        and neighbour.neighbour_urn = pool.school_urn
        and own.characteristic = pool.characteristic
where own.value is not null
