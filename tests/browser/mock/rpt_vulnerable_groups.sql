select place_type, place_key, place_name, slug, academic_year, period_type, period_key, cohort_dimension, cohort, dimension_label, dimension_order, cohort_label, cohort_order,
  pupils, absent_sessions, share_of_absence_percent, share_of_pupils_percent as share_of_possible_percent, share_of_absence_percent / share_of_pupils_percent as representation_index,
  share_of_absence_percent / share_of_pupils_percent - 0.2 as index_low, share_of_absence_percent / share_of_pupils_percent + 0.2 as index_high, share_of_pupils_percent,
  share_of_pupils_percent as share_of_persistent_absence_percent, 'assessed' as status, share_of_absence_percent / share_of_pupils_percent > 1.2 as is_disproportionate
from rpt_cohorts where place_type = 'school' and not is_rest and cohort_dimension <> 'year_group'
