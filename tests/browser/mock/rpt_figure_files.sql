select slug, academic_year, period_type, period_key, slug || n as extract_id, 'marks_2026' || lpad((1113 - n)::varchar, 4, '0') || '.csv' as file_name,
  timestamp '{as_of} 16:10:00' - to_days(n::int) as exported_at, timestamp '{as_of} 17:02:00' - to_days(n::int) as received_at,
  case n when 1 then (possible_sessions * 0.4)::int else possible_sessions - (possible_sessions * 0.4)::int end as marks, n as refused_marks
from rpt_headline, (values (0), (1)) k(n) where place_type = 'school' and population = 'all' and period_type <> 'week'
