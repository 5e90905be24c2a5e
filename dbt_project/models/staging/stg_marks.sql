select
    extract_id,
    slug,
    row_id,
    source_row,
    pupil_key,
    session_date,
    session,
    code,
    is_blank,
    minutes_late,
    row_reason,
    code_reason,
    duplicate
from {{ source("lake", "marks") }}
