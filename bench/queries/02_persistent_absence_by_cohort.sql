-- Persistent absence of the trust by cohort in an academic year, from the parts.
select
    cohort_dimension, cohort, sum(pupils) as pupils, sum(persistently_absent_pupils) as persistently_absent_pupils,
    100.0 * sum(persistently_absent_pupils) / nullif(sum(pupils), 0) as persistent_absence_percent
from marts.fct_cohorts
where academic_year = $year and period_type = 'year' and population = 'all'
group by cohort_dimension, cohort
order by cohort_dimension, cohort
