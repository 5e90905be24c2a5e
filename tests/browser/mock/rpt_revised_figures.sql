select place_type, place_key, place_name, slug, phase, phase_order, place_order, academic_year, period_type, period_key,
  period_label, period_order, start_date, measure, measure_label, measure_order, published_as_of_label,
  round(published_percent, 1) as published_percent, round(now_percent, 1) as now_percent,
  round(round(now_percent, 1) - round(published_percent, 1), 1) as change_percentage_points, 'Reasons found' as main_cause,
  false as is_suppressed
from rpt_restatements
where measure <> 'persistent_absence'
