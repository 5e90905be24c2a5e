select
    extract_id,
    slug,
    row_id,
    source_row,
    kind,
    row_reason
from {{ source("lake", "refused") }}
