with published as (
    unpivot (
        select
            school_phase,
            school_urn,
            school_name,
            source,
            * exclude (school_phase, school_urn, school_name, source)
        from {{ ref("published_school_values") }}
    ) on columns(* exclude (school_phase, school_urn, school_name, source))
    into name characteristic value value
)

select
    school_phase,
    school_urn,
    school_name,
    characteristic,
    value,
    source
from published
