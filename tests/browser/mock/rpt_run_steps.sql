select run_id, step, step_order, seconds
from (values ('20261112-190501-77b0'), ('20261111-190503-0c1d')) as r (run_id),
  (values ('ingestion__extracts', 1, 231.0), ('warehouse', 2, 565.7), ('release__candidate', 3, 29.1)) as s (step, step_order, seconds)
