-- Use of every code by school and half term in an academic year.
select u.school_urn, u.period_key, u.code, sum(u.sessions) as sessions
from marts.fct_code_usage as u
where u.academic_year = $year and u.period_type = 'half_term'
group by u.school_urn, u.period_key, u.code
order by u.school_urn, u.period_key, u.code
