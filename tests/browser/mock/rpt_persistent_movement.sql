select place_type, place_key, place_name, slug, h.academic_year, h.period_type, h.period_key, p.label, p.period_order,
  persistently_absent_pupils as previous_persistently_absent_pupils, 3 as newly_in, 1 as joined_in, 3 as newly_out, 1 as left_in, persistently_absent_pupils,
  pupils, 100.0 * persistently_absent_pupils / pupils as persistent_absence_percent
from rpt_headline h join rpt_periods p using (period_type, period_key)
where place_type = 'school' and population = 'all' and h.period_type in ('week', 'half_term')
