select *
from rollcall.rpt_benchmarks
where
    period_key = $period
    and (slug = $slug or ($slug is null and place_type = 'phase'))
    and measure in ('attendance', 'overall_absence', 'unauthorised_absence', 'persistent_absence')
    and comparator_percent is not null
order by place_order, comparator_order, measure_order
