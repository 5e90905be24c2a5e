select place_key, dimension_label, cohort_label
from rollcall.rpt_cohorts
where period_key = $period and place_type = 'phase' and is_suppressed and cohort_dimension not in ('weekday', 'session')
order by place_order, dimension_order, cohort_order
