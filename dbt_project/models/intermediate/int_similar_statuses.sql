with known as (
    select
        school_urn,
        count(value) as characteristics_used,
        count(*) as characteristics_of
    from {{ ref("int_school_characteristics") }}
    group by school_urn
),

pools as (
    select
        school_urn,
        count(*) as schools_in_pool
    from {{ ref("int_similar_distances") }}
    where pool = 'published'
    group by school_urn
),

limits as (
    select
        {{ rule_values(
            ["similar_schools_number", "similar_schools_characteristics_minimum", "similar_schools_pool_minimum"],
            "trust.as_of"
        ) }}
    from {{ ref("stg_trust") }} as trust
)

select
    school.school_urn,
    cast(coalesce(known.characteristics_used, 0) as integer) as characteristics_used,
    cast(known.characteristics_of as integer) as characteristics_of,
    cast(coalesce(pools.schools_in_pool, 0) as integer) as schools_in_pool,
    cast(limits.similar_schools_number as integer) as similar_schools_number,
    case
        when known.school_urn is null then 'no_formula_for_phase'
        when known.characteristics_used < limits.similar_schools_characteristics_minimum then 'too_few_characteristics'
        when coalesce(pools.schools_in_pool, 0) < limits.similar_schools_pool_minimum then 'too_few_in_pool'
        else 'compared'
    end as similarity_status
from {{ ref("dim_school") }} as school
cross join limits
left join known on school.school_urn = known.school_urn
left join pools on school.school_urn = pools.school_urn
