with member as (
  select w.*, g.* exclude (pupil_key, slug), s.is_persistently_absent from pw w join rpt_pupil_groups g on g.pupil_key = md5(w.pupil)
    join rpt_pupil_weeks s on s.pupil_key = md5(w.pupil) and s.week_start = w.week_start
  union all by name
  select w.*, 'all' as cohort_dimension, 'All pupils' as dimension_label, 1 as dimension_order, 'all' as cohort, 'All pupils' as cohort_label, 1 as cohort_order, s.is_persistently_absent
  from pw w join rpt_pupil_weeks s on s.pupil_key = md5(w.pupil) and s.week_start = w.week_start),
summed as (
  select slug, academic_year, strftime(week_start, '%Y-%m-%d') as period_key, cohort_dimension, dimension_label, dimension_order, cohort, cohort_label, cohort_order, false as is_rest,
    count(*) as pupils, {sums}, sum(absent) / 2.0 as days_absent, 100.0 * sum(attended) / sum(possible) as attendance_percent, 100.0 * sum(late) / sum(possible) as late_percent,
    count(*) as pupils_to_date, count(*) filter (is_persistently_absent) as persistently_absent_pupils, 100.0 * count(*) filter (is_persistently_absent) / count(*) as persistent_absence_percent
  from member where academic_year = '2026/27' group by all)
select s.*, p.period_order, attendance_percent - lag(attendance_percent) over earlier as attendance_change_previous,
  persistent_absence_percent - lag(persistent_absence_percent) over earlier as persistent_absence_change_previous
from summed s join rpt_periods p on p.period_type = 'week' and p.period_key = s.period_key
window earlier as (partition by slug, cohort_dimension, cohort order by s.period_key)
