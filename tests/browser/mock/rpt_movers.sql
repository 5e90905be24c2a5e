with steps as (
  select period_key, period_type, period_order, is_running, 'previous' as compared_with, previous_period_key as compared_period_key, previous_label as compared_label from rpt_periods where period_type in ('week', 'half_term')
  union all select period_key, period_type, period_order, is_running, 'last_year', last_year_period_key, last_year_label from rpt_periods where period_type in ('week', 'half_term')),
wide as (
  select {place}, academic_year, period_key, 'all' as cohort_dimension, 'all' as cohort, 'All pupils' as cohort_label, 100 as cohort_order, {measure_percents} from rpt_headline where place_type <> 'trust'
  union all by name select {place}, academic_year, period_key, cohort_dimension, cohort, cohort_label, 100 * dimension_order + cohort_order as cohort_order, {measure_percents} from rpt_cohorts where not is_rest and cohort_dimension <> 'sex'),
long as (select * replace (replace(measure, '_percent', '') as measure) from (unpivot wide on {measure_percents} into name measure value percent)),
change as (select n.*, s.* exclude (period_key), t.percent as then_percent, n.percent - t.percent as change from long n join steps s using (period_key)
  join long t on t.place_type = n.place_type and t.place_key = n.place_key and t.period_key = s.compared_period_key and t.cohort_dimension = n.cohort_dimension and t.cohort = n.cohort and t.measure = n.measure)
select c.* exclude (percent, change), percent as now_percent, change as change_percentage_points, change - 1.2 as change_low, change + 1.2 as change_high, m.measure_label, m.measure_order, m.better,
  w.standing, w.change_name as standing_label, w.standing_order, false as is_suppressed
from change c join rpt_guide_measures m using (measure)
join '{seeds}/reports/standings.csv' w on w.standing = case when abs(change) < 1.2 then 'level' when (change > 0) = (m.better = 'higher') then 'better' else 'worse' end
