select u.* exclude (year_group, year_group_label, year_group_order, phase_percent, difference_percentage_points, ratio_to_phase, stands_out, statistical_category, category_order, is_suppressed),
  2 as other_schools, sessions * 2 as other_sessions, possible_sessions * 2 as other_possible_sessions, coalesce(phase_percent, percent_of_possible) as other_percent,
  coalesce(phase_percent, percent_of_possible) * 0.6 as inner_low_percent, coalesce(phase_percent, percent_of_possible) * 1.4 as inner_high_percent,
  coalesce(phase_percent, percent_of_possible) * 0.4 as outer_low_percent, coalesce(phase_percent, percent_of_possible) * 1.6 as outer_high_percent,
  s.monitoring_status, s.display_name as status_label, s.status_order, s.is_outlier, p.short_label as since_label, false as is_suppressed
from rpt_code_use u join rpt_periods p using (period_type, period_key)
join '{seeds}/reports/monitoring_statuses.csv' s on s.monitoring_status = if(u.stands_out, 'high', 'within')
where u.place_type = 'school' and u.year_group = 'all'
