select pupil_key, slug, date '2026-11-09' as week_start, '2026/27' as academic_year, 40 as four_weeks_possible_sessions, least(absent_sessions, 5) as four_weeks_absent_sessions,
  least(absent_sessions, 5) / 2.0 as four_weeks_days_absent, 100.0 * least(absent_sessions, 5) / 40 as four_weeks_absence_percent, possible_sessions, absent_sessions, days_absent, overall_absence_percent,
  absent_sessions between 2 and 5 as is_briefing_four_weeks, is_at_risk as is_briefing_year_to_date, is_declining
from rpt_pupils where is_on_roll and is_listed
