select
    school_urn,
    session_date as school_day,
    any_value(academic_year) as academic_year,
    any_value(half_term) as half_term,
    cast(count(distinct session) as integer) as sessions
from {{ ref("int_school_sessions") }}
group by school_urn, session_date
