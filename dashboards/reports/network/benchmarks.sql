-- The daily series beside the schools' own figures of the same window.
select *
from rollcall.rpt_benchmarks
where
    period_key = $period
    and series = 'daily'
    and measure in ('attendance', 'persistent_absence')
    and comparator_type in ('national', 'region', 'local_authority')
order by measure_order, place_order, comparator_order
