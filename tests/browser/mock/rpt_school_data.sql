select slug, school_name, phase, phase_order, school_order as place_order, timestamp '{as_of} 17:02:00' - to_days({behind}) as newest_received_at,
  timestamp '{as_of} 16:10:00' - to_days({behind}) as newest_exported_at, date '{as_of}' - {behind} as newest_marks_date, {behind} as school_days_behind, 47::bigint as extracts,
  (slug = 'northgate-academy')::bigint as held_extracts, 52000::bigint as rows, 47310::bigint as applied, 4200::bigint as superseded, 12::bigint as identical_duplicate, 440::bigint as no_mark, 38::bigint as quarantined, 0::bigint as held,
  100.0 * 38 / 52000 as quarantined_percent, h.missing_sessions as missing_marks, 14::bigint as outstanding_reasons,
  case when {behind} > 0 then 'behind' else 'up_to_date' end as status, case when {behind} > 0 then '2 school days behind' else 'Up to date' end as status_label, false as is_suppressed, false as reasons_are_suppressed
from school join (select place_key as slug, missing_sessions from rpt_headline where period_key = '2026/27') h using (slug)
