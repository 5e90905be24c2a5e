with wide as (
  select {place}, academic_year, period_type, period_key, period_order, 'all' as cohort_dimension, 'all' as cohort, 'All pupils' as cohort_label, 100 as cohort_order,
    pupils, possible_sessions, {measure_percents} from rpt_headline where place_type <> 'trust'
  union all by name select {place}, academic_year, period_type, period_key, period_order, cohort_dimension, cohort, cohort_label, 100 * dimension_order + cohort_order as cohort_order,
    pupils, possible_sessions, {measure_percents} from rpt_cohorts where not is_rest and cohort_dimension <> 'sex'),
long as (unpivot wide on {measure_percents} into name measure value own_percent),
rate as (select l.* replace (replace(measure, '_percent', '') as measure), measure in ('persistent_absence_percent', 'severe_absence_percent') as is_of_pupils from long l where period_type <> 'week')
select r.*, m.measure_label, m.measure_order, m.better, if(is_of_pupils, pupils, possible_sessions) as denominator, round(r.own_percent / 100 * if(is_of_pupils, pupils, possible_sessions)) as numerator,
  greatest(r.own_percent - 900 / sqrt(possible_sessions), 0) as low_percent, least(r.own_percent + 900 / sqrt(possible_sessions), 100) as high_percent,
  p.own_percent as phase_percent, r.own_percent - p.own_percent as gap_percentage_points,
  case when p.own_percent is null then null when abs(r.own_percent - p.own_percent) < 900 / sqrt(possible_sessions) then 'level' when (r.own_percent > p.own_percent) = (m.better = 'higher') then 'better' else 'worse' end as standing,
  s.display_name as standing_label, null as school_rank, false as is_suppressed
from rate r join rpt_guide_measures m using (measure)
left join (select phase, period_key, cohort_dimension, cohort, measure, own_percent from rate where place_type = 'phase') p
  on r.place_type = 'school' and r.phase = p.phase and r.period_key = p.period_key and r.cohort_dimension = p.cohort_dimension and r.cohort = p.cohort and r.measure = p.measure
left join '{seeds}/reports/standings.csv' s on s.standing = case when p.own_percent is null then null when abs(r.own_percent - p.own_percent) < 900 / sqrt(possible_sessions) then 'level' when (r.own_percent > p.own_percent) = (m.better = 'higher') then 'better' else 'worse' end
