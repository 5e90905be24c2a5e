-- Who is persistently absent or at risk of it on the as-of day, by name.
select *
from rollcall.rpt_pupils
where slug = $slug and is_listed and is_on_roll
order by is_persistently_absent desc, overall_absence_percent desc, sort_name, pupil_id
