select
    extract_id,
    slug,
    row_id,
    source_row,
    dataset,
    academic_year,
    time_window,
    geography_level,
    geography_code,
    geography_name,
    school_phase,
    figure,
    value,
    as_published_to,
    row_reason,
    duplicate
from {{ source("lake", "benchmarks") }}
