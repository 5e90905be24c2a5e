select p.pupil_key, p.slug, 'year_6_to_7' as transition, 'Year 6 to Year 7' as transition_label, 1 as transition_order, p.band_label as earlier_label, p.overall_absence_percent / 2 as earlier_absence_percent, p.absent_sessions * 2 as earlier_absent_sessions,
  p.band_label as later_label, p.overall_absence_percent, p.absent_sessions, p.overall_absence_percent / 2 as change_percentage_points, p.band_order > 2 as is_persistently_absent, m.movement, m.display_name as movement_label
from rpt_pupil_periods p join '{seeds}/reports/pupil_movements.csv' m on m.movement = case when p.band_order > 2 then 'worse' else 'same' end
where p.period_type = 'year' and p.academic_year = '2026/27' and p.year_group = '7' and p.slug in (select slug from rpt_transition_matrix)
