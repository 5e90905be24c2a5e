select slug, academic_year, period_type, period_key, cohort_dimension, dimension_label, dimension_order, cohort, cohort_label, cohort_order, pupils, pupils // 3 as late_pupils, pupils // 20 as persistently_late_pupils,
  possible_sessions, late_sessions as late_before_close_sessions, 0 as late_after_close_sessions, late_sessions, null as minutes_late, late_percent as late_before_close_percent, 0.0 as late_after_close_percent, late_percent
from rpt_cohorts where place_type = 'school' and not is_rest
