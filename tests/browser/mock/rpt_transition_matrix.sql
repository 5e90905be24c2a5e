select place_type, place_key, place_name, slug, 'year_6_to_7' as transition, 'Year 6 to Year 7' as transition_label, 1 as transition_order, '2026/27' as academic_year,
  e.absence_band as earlier_absence_band, e.display_label as earlier_label, e.band_order::int as earlier_order, l.absence_band, l.display_label as later_label, l.band_order::int as later_order,
  greatest(1, 40 - 12 * abs(e.band_order::int - l.band_order::int)) as pupils
from rpt_places, '{seeds}/absence_bands.csv' e, '{seeds}/absence_bands.csv' l
where place_type = 'school' and phase = 'secondary' and e.band_order::int <= 4 and l.band_order::int <= 4
