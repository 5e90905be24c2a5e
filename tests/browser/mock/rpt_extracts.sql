select slug, school_name, slug || n as extract_id, kind || '_2026' || lpad((1113 - n)::varchar, 4, '0') || '.csv' as file_name, kind, timestamp '{as_of} 16:10:00' - to_days(n::int) as exported_at,
  timestamp '{as_of} 17:02:00' - to_days(n::int) as received_at, date '{as_of}' - 60 as first_date, date '{as_of}' - n::int as last_date, 5200::bigint as rows, 4731::bigint as applied,
  420::bigint as superseded, 1::bigint as identical_duplicate, 44::bigint as no_mark, 4::bigint as quarantined, 0::bigint as held, (n + 1)::int as extract_order,
  case when slug = 'northgate-academy' and n = 1 then 'awaiting' end as review_status, case when slug = 'northgate-academy' and n = 1 then 2611 end as marks,
  case when slug = 'northgate-academy' and n = 1 then 4731 end as marks_in_force
from school, (values (0, 'marks'), (1, 'marks'), (2, 'pupils'), (3, 'calendar')) k(n, kind)
