select r.slug, r.school_name, e.extract_id, e.file_name, e.kind, e.exported_at, e.received_at, r.reason, r.reason_order, r.reason_label, r.what_to_do,
  r.reason_order % 4 = 0 as is_settled, r.rows, '17, 238' as lines
from rpt_refused_rows r join rpt_extracts e using (slug, kind) where e.extract_order = 2
