-- What is wrong with the data, by school and finding, worst first.
select s.school_name, q.finding, q.severity, q.first_date, q.last_date, q.rows
from marts.fct_quality_findings as q
inner join marts.dim_school as s using (school_urn)
order by q.rows desc, s.school_name, q.finding
