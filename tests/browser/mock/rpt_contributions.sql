select {place}, academic_year, period_type, period_key, period_order, cohort_dimension, dimension_label, dimension_order, cohort, cohort_label, cohort_order,
  share_of_pupils_percent, 100.0 * possible_sessions / sum(possible_sessions) over whole as share_of_possible_percent, share_of_absence_percent,
  100.0 * persistently_absent_pupils / nullif(sum(persistently_absent_pupils) over whole, 0) as share_of_persistent_absence_percent,
  share_of_absence_percent - 100.0 * possible_sessions / sum(possible_sessions) over whole as absence_beyond_share_points,
  false as is_suppressed, false as persistent_is_suppressed
from rpt_cohorts where place_type = 'school'
window whole as (partition by place_key, period_type, period_key, cohort_dimension)
qualify not is_rest
