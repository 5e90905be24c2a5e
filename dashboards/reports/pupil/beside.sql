-- The school's year, and England's newest figure of the same kind.
select 1 as beside_order, place_name as name, attendance_percent, null as window_label
from rollcall.rpt_headline
where slug = $slug and period_key = $period and population = 'all'
union all
select 2, comparator_label, comparator_percent, window_label
from rollcall.rpt_benchmarks
where slug = $slug and period_key = $period and measure = 'attendance' and comparator_type = 'national'
order by beside_order
