-- What: a possible session is either attended or absent, an absence either authorised or unauthorised, and a session
--   without a usable mark is none of them.
-- When it matters: every percentage is divided from these flags; a mark that counted twice would move all of them.
-- How to mend: the flags come from the seed attendance_codes; correct the row of the code and dates shown here.
select
    code,
    mark_status,
    min(session_date) as first_date,
    count(*) as sessions
from {{ ref("fct_sessions") }}
where
    cast(is_possible as integer) <> cast(is_attended as integer) + cast(is_absent as integer)
    or cast(is_absent as integer) <> cast(is_authorised_absence as integer) + cast(is_unauthorised_absence as integer)
    or (mark_status <> 'recorded' and (is_possible or is_attended or is_absent or is_late))
group by code, mark_status
