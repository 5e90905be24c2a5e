select l.*, k.display_name as kind_label, k.kind_order, f.display_name as made_from_kind_label, f.kind_order as made_from_kind_order
from (values
  ('fct_cohorts', 'marts', '', 'One row per school, period and cohort.', 'int_enrolment_periods', 'intermediate', 'One row per enrolment and period.', 1),
  ('fct_cohorts', 'marts', '', 'One row per school, period and cohort.', 'lake.marks', 'source', 'One row per row of a marks extract.', 4),
  ('fct_cohorts', 'marts', '', 'One row per school, period and cohort.', 'attendance_codes', 'seed', 'One row per code and period.', 3),
  ('rpt_cohorts', 'reports', '', 'One row per place, period and cohort.', 'fct_cohorts', 'marts', 'One row per school, period and cohort.', 1),
  ('Network overview', 'page', 'network', 'How the trust stands.', 'rpt_cohorts', 'reports', 'One row per place, period and cohort.', 1),
  ('Network overview', 'page', 'network', 'How the trust stands.', 'fct_cohorts', 'marts', 'One row per school, period and cohort.', 2)
) as l (thing, kind, audience, description, made_from, made_from_kind, made_from_description, steps)
left join '{seeds}/operations/lineage_kinds.csv' k using (kind)
left join '{seeds}/operations/lineage_kinds.csv' f on l.made_from_kind = f.kind
