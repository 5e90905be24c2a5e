-- Registers that are missing, wholly or in part, in the week of the release.
select s.school_name, r.session_date, r.session, r.expected_marks, r.missing_marks
from marts.fct_register_completeness as r
inner join marts.dim_school as s using (school_urn)
where r.session_date >= (select date_trunc('week', max(as_of)) from marts.dim_release) and r.missing_marks > 0
order by s.school_name, r.session_date, r.session
