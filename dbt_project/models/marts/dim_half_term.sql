select
    school_urn,
    academic_year,
    half_term,
    term,
    cast(half_term_order as integer) as half_term_order,
    start_date,
    end_date
from {{ ref("int_half_terms") }}
