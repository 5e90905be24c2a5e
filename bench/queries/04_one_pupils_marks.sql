-- Every mark of one pupil, over all years and schools.
select session_date, session, school_urn, code, mark_status, statistical_category, minutes_late
from marts.fct_sessions
where pupil_key = $pupil
order by session_date, session
