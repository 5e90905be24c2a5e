-- Two schools are compared on what is known of the school, and only with schools of which all of that is known too:
-- distances over different characteristics would not be of one kind.
with pool as (
    select
        'trust' as pool,
        school_phase,
        school_urn as neighbour_urn,
        characteristic,
        value
    from {{ ref("int_school_characteristics") }}
    where value is not null
    union all
    select
        'published' as pool,
        school_phase,
        school_urn as neighbour_urn,
        characteristic,
        value
    from {{ ref("int_published_school_values") }}
    where value is not null
),

known as (
    select
        *,
        count(*) over (partition by school_urn) as characteristics_used
    from {{ ref("int_school_characteristics") }}
    where value is not null
),

compared as (
    select
        known.school_urn,
        known.characteristics_used,
        pool.pool,
        pool.neighbour_urn,
        sum({{ squared_weighted_difference("known.weight", "known.value", "pool.value") }}) as squared_distance,
        count(*) as characteristics_shared
    from known
    inner join pool
        on
            known.school_phase = pool.school_phase
            and known.characteristic = pool.characteristic
            and known.school_urn != pool.neighbour_urn
    group by all
)

select
    school_urn,
    pool,
    neighbour_urn,
    characteristics_used,
    sqrt(squared_distance) as distance,
    row_number() over (partition by school_urn, pool order by squared_distance, neighbour_urn) as distance_rank,
    count(*) over (partition by school_urn, pool) as schools_in_pool
from compared
where characteristics_shared = characteristics_used
