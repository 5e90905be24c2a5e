select place_type, place_key, place_name, slug, phase, 'year_6_to_7' as transition, 'Year 6 to Year 7' as transition_label, 1 as transition_order, '7' as to_year_group,
  academic_year, point, case point when 0 then 'Year 6' else 'Autumn ' || point end as point_label,
  concat_ws(' ', academic_year, case when point > 0 then 'HT' || point end) as period_key, academic_year as year_key, point = 2 as is_watched, false as is_about_few,
  5.0 + point + place_order % 3 as overall_absence_percent, 1.0 * point as change_percentage_points, false as is_suppressed
from rpt_places, (values ('2025/26'), ('2026/27')) y(academic_year), (values (0), (1), (2)) t(point) where place_type = 'school' and phase = 'secondary'
