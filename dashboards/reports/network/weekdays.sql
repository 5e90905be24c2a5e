select place_key, place_name, place_order, cohort_dimension, cohort_label, cohort_order, attendance_percent
from rollcall.rpt_cohorts
where period_key = $period and place_type = 'phase' and cohort_dimension in ('weekday', 'session')
order by place_order, dimension_order, cohort_order
