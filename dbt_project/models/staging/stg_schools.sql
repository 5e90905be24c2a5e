select
    school_urn,
    slug,
    school_name,
    laestab,
    phase,
    la_code,
    mis
from {{ source("reference", "schools") }}
