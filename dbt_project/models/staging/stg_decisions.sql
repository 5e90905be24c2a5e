select
    extract_id,
    slug,
    decision
from {{ source("reference", "decisions") }}
