-- Rows that say that there is no mark count towards the days an extract covers, and towards no register.
select
    extract_no,
    school_urn,
    session_date,
    session,
    count(*) filter (where not is_no_mark and not is_repeated) as marks
from {{ ref("int_marks_judged") }}
where
    reason is null
    and school_urn is not null
group by extract_no, school_urn, session_date, session
