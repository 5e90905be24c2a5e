select md5(pupil) as pupil_key, slug, strftime(week_start, '%Y-%m-%d') as period_key, week_start, possible as possible_sessions, absent as absent_sessions, late as late_sessions,
  missing as missing_sessions, 100.0 * attended / possible as attendance_percent, absent / 2.0 as days_absent,
  100.0 * attended / possible - lag(100.0 * attended / possible) over (partition by pupil order by week_start) as attendance_change_previous,
  10 * sum(absent) over year >= sum(possible) over year as is_persistently_absent, b.display_label as band_label, b.band_order, 4 as sessions_to_next_band
from pw left join '{seeds}/absence_bands.csv' b on b.band_order::int = 1
where academic_year = '2026/27'
window year as (partition by pupil order by week_start)
