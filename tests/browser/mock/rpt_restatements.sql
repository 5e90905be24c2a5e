with measures as (
  select measure, measure_label, measure_order from rpt_guide_measures where measure in ('attendance', 'overall_absence', 'persistent_absence')
)
select h.place_type, h.place_key, h.place_name, h.slug, h.phase, h.phase_order, h.place_order, h.academic_year, h.period_type,
  h.period_key, p.label as period_label, p.period_order, p.start_date, m.measure, m.measure_label, m.measure_order,
  p.end_date::timestamp as published_at, strftime(p.end_date, '%-d %B %Y') as published_label,
  strftime(p.end_date, '%-d %B %Y') as published_as_of_label,
  case m.measure when 'attendance' then attended_sessions - 40 when 'overall_absence' then absent_sessions + 40 else persistently_absent_pupils + 2 end as published_numerator,
  case m.measure when 'persistent_absence' then pupils else possible_sessions end as published_denominator,
  case m.measure when 'attendance' then attendance_percent - 0.4 when 'overall_absence' then overall_absence_percent + 0.4 else persistent_absence_percent + 1 end as published_percent,
  case m.measure when 'attendance' then attended_sessions when 'overall_absence' then absent_sessions else persistently_absent_pupils end as now_numerator,
  case m.measure when 'persistent_absence' then pupils else possible_sessions end as now_denominator,
  case m.measure when 'attendance' then attendance_percent when 'overall_absence' then overall_absence_percent else persistent_absence_percent end as now_percent,
  case m.measure when 'attendance' then 0.4 when 'overall_absence' then -0.4 else -1.0 end as change_percentage_points,
  case m.measure when 'attendance' then 'Late marks +0.10, Reasons found +0.30' when 'overall_absence' then 'Late marks −0.10, Reasons found −0.30' else 'Reasons found −1.00' end as because
from rpt_headline h
join rpt_periods p using (period_type, period_key)
cross join measures m
where h.place_type = 'school' and h.population = 'all' and h.period_type = 'half_term' and not p.is_running
