select slug, school_name, phase, school_order as place_order, date '{as_of}' as as_of, date '{as_of}' - {behind} as newest_marks_date,
  {behind} as school_days_since_marks, date '2026-09-14' as newest_pupils_date, 39 as school_days_since_pupils,
  timestamp '{as_of} 17:02:00' - to_days({behind}) as newest_received_at, 0 as held_extracts,
  1 as overdue_school_days, 40 as pupils_extract_school_days, 7 as release_old_days, f.freshness, f.freshness_order::int as freshness_order,
  f.label as freshness_label, f.is_overdue::boolean as is_overdue, f.what_to_do
from school
join '{seeds}/operations/freshness_statuses.csv' f on f.freshness = case when {behind} > 1 then 'marks_overdue' else 'fresh' end
