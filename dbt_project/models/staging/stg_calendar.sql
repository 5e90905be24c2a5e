select
    extract_id,
    slug,
    row_id,
    source_row,
    calendar_date,
    session,
    year_group,
    status,
    half_term,
    row_reason,
    duplicate
from {{ source("lake", "calendar") }}
