select check_name, 'dbt' as ran_by, about, meaning, severity, if(severity = 'error', 'Keeps a release back', 'Is told only') as severity_label, is_passed,
  if(is_passed, 'Passed', 'Found something') as result_label, if(is_passed, 2, 1) as result_order, if(is_passed, 0, 25) as failed_rows
from (values
  ('unique_combination_fct_bands', 'fct_bands', 'No row stands twice: pupil_key, period_key', 'error', true),
  ('fct_cohorts__agree_with_bands', 'fct_cohorts', 'Agree with bands', 'error', true),
  ('marks_rows_conform', null, 'Marks rows conform', 'warn', false)
) as t (check_name, about, meaning, severity, is_passed)
