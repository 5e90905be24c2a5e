select
    trust_name,
    as_of
from {{ source("reference", "trust") }}
