select *, case outcome when 'made' then 'Made this release' when 'refused' then 'Refused by a check' else 'Published' end as outcome_label
from (values
  ('20261113-190502-3fa9', true, timestamp '2026-11-13 19:05:02', null, null, 'made', 24, 10240, 3, 0, 553, 1),
  ('20261112-190501-77b0', false, timestamp '2026-11-12 19:05:01', timestamp '2026-11-12 19:23:31', 18.5, 'published', 12, 5120, 0, 0, 553, 0),
  ('20261111-190503-0c1d', false, timestamp '2026-11-11 19:05:03', timestamp '2026-11-11 19:20:03', 15.0, 'refused', 12, 5108, 40, 1, 553, 2)
) as t (run_id, is_this_release, started_at, finished_at, minutes, outcome, extracts, rows, rows_refused, extracts_held, checks_run, checks_failed)
