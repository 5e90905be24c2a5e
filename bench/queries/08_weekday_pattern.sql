-- Absence by weekday and session of one school in an academic year, from the marks themselves.
select d.weekday_number, d.weekday, f.session, count(*) filter (f.is_absent) as absent_sessions,
    count(*) filter (f.is_possible) as possible_sessions
from marts.fct_sessions as f
inner join marts.dim_date as d on f.session_date = d.calendar_date
where f.school_urn = $school and f.academic_year = $year
group by d.weekday_number, d.weekday, f.session
order by d.weekday_number, f.session
