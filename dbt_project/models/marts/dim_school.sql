select
    cast(school.school_urn as integer) as school_urn,
    school.slug,
    school.school_name,
    school.laestab,
    school.phase,
    phase.display_name as phase_name,
    school.la_code,
    authority.la_name,
    authority.region_code,
    authority.region_name,
    school.mis,
    case when authority.la_code is null then 'unknown_la_code' else 'matched' end as la_match_status
from {{ ref("stg_schools") }} as school
left join {{ ref("local_authorities") }} as authority on school.la_code = authority.la_code
left join {{ ref("school_phases") }} as phase on school.phase = phase.phase
