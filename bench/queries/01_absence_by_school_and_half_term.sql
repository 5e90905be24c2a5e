-- Absence of every school by half term in an academic year.
select s.school_name, c.period_key, c.possible_sessions, c.absent_sessions, c.overall_absence_percent
from marts.fct_cohorts as c
inner join marts.dim_school as s using (school_urn)
where c.academic_year = $year and c.period_type = 'half_term' and c.population = 'all' and c.cohort_dimension = 'all'
order by s.school_name, c.period_key
