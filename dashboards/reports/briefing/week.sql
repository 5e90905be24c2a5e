-- The school's week.
select *
from rollcall.rpt_headline
where slug = $slug and period_key = $period and population = 'all'
