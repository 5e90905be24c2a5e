select slug, school_name, school_order as place_order, kind, reason, reason_order::int as reason_order, what_is_wrong as reason_label, what_to_do, 1 + (chance(slug, reason, 'n') * 30)::bigint as rows,
1 + (chance(slug, reason, 'e') * 3)::bigint as extracts, timestamp '{as_of} 17:02:00' as newest_received_at
from school, '{seeds}/quarantine_reasons.csv', (values ('marks')) k(kind) where chance(slug, reason, 'r') < 0.22
