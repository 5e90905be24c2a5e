select
    school_urn,
    session_date,
    session,
    academic_year,
    cast(sum(sessions) as integer) as expected_marks,
    cast(sum(recorded_sessions) as integer) as recorded_marks,
    cast(sum(missing_sessions) as integer) as missing_marks,
    cast(sum(quarantined_sessions) as integer) as quarantined_marks
from {{ ref("int_session_counts") }}
group by school_urn, session_date, session, academic_year
