select place_type, place_key, place_name, slug, academic_year, period_type, period_key, cohort as year_group, cohort_label as year_group_label,
  row_number() over r as list_order, row_number() over r as attendance_rank, count(*) over (partition by slug, period_key) as ranked_year_groups,
  pupils, possible_sessions, attended_sessions, attendance_percent
from rpt_cohorts where place_type = 'school' and cohort_dimension = 'year_group' window r as (partition by slug, period_key order by attendance_percent, cohort)
