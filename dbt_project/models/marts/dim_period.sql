select
    school_urn,
    academic_year,
    period_type,
    period_key,
    last_school_day,
    last_day,
    is_complete
from {{ ref("int_school_periods") }}
