select place_type, place_key, place_name, slug, 'year_6_to_7' as transition, 'Year 6 to Year 7' as transition_label, 1 as transition_order, academic_year, 'all' as cohort_dimension,
  'all' as cohort, 'All pupils' as cohort_label, 100 as cohort_order, point, case point when 0 then 'Year 6' else 'Autumn ' || point end as point_label, 100 as pupils, 1000 as possible_sessions,
  50 + 10 * point as absent_sessions, point = 2 as is_watched, 5.0 + point as overall_absence_percent
from rpt_places, (values ('2025/26'), ('2026/27')) y(academic_year), (values (0), (1), (2)) t(point) where place_type = 'school' and phase = 'secondary'
