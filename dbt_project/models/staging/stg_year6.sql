select
    extract_id,
    slug,
    row_id,
    source_row,
    pupil_key,
    possible_sessions,
    attended_sessions,
    authorised_sessions,
    unauthorised_sessions,
    primary_laestab,
    row_reason,
    duplicate
from {{ source("lake", "year6") }}
