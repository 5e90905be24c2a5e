select md5(slug || k.kind)[:16] as extract_id, school_urn, school_name, slug, school_order as place_order, k.kind,
  timestamp '2026-11-13 17:00' as exported_at, timestamp '2026-11-13 18:00' as received_at, date '2026-11-02' as first_date, date '2026-11-13' as last_date,
  1200 as rows, 1100 as applied, 80 as superseded, 5 as identical_duplicate, 8 as no_mark, 7 as quarantined, 0 as held, 'Used, some rows refused' as status_label
from school, (values ('marks'), ('pupils'), ('calendar')) as k(kind)
