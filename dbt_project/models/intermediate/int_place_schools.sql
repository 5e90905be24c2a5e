-- Each school as a place of its own, in its phase and in the trust: sums over a place are sums over its schools.
with schools as (
    select
        school.school_urn,
        school.slug,
        school.school_name,
        school.phase,
        -- A phase that the seed does not have goes by its own name, last.
        coalesce(phases.display_name, school.phase) as phase_label,
        coalesce(phases.phase_order, 99) as phase_order
    from {{ ref("dim_school") }} as school
    left join {{ ref("school_phases") }} as phases on school.phase = phases.phase
),

places as (
    select
        'school' as place_type,
        schools.slug as place_key,
        schools.school_name as place_name,
        schools.slug,
        schools.phase,
        schools.phase_label,
        schools.phase_order,
        schools.school_urn
    from schools
    union all
    select
        'phase' as place_type,
        schools.phase as place_key,
        schools.phase_label || ' schools' as place_name,
        null as slug,
        schools.phase,
        schools.phase_label,
        schools.phase_order,
        schools.school_urn
    from schools
    union all
    select
        'trust' as place_type,
        'trust' as place_key,
        trust.trust_name as place_name,
        null as slug,
        null as phase,
        null as phase_label,
        null as phase_order,
        schools.school_urn
    from schools
    cross join {{ ref("stg_trust") }} as trust
)

select
    place_type,
    place_key,
    place_name,
    slug,
    phase,
    phase_label,
    cast(phase_order as integer) as phase_order,
    -- The trust first, then each phase with its schools by name.
    cast(dense_rank() over (
        order by phase_order nulls first, place_type = 'school', place_name, place_key
    ) as integer) as place_order,
    cast(school_urn as integer) as school_urn
from places
