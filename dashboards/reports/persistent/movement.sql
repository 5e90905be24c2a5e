-- Persistent absence of the year to date at the end of each week and half term of the running year.
select movement.*
from rollcall.rpt_persistent_movement as movement
inner join rollcall.rpt_release as release on movement.academic_year = release.academic_year
where movement.slug = $slug
order by movement.period_type, movement.period_order
