-- Every school against the country, over an academic year.
select s.school_name, b.period_key, b.measure, b.school_percent, b.comparator_percent, b.gap_percentage_points
from marts.fct_benchmarks as b
inner join marts.dim_school as s using (school_urn)
where
    b.academic_year = $year and b.comparator_type = 'national' and b.period_type = 'year'
    and b.population = 'all' and b.cohort_dimension = 'all'
order by s.school_name, b.period_key, b.measure
