select md5(pupil) as pupil_key, slug, date '{as_of}' as session_date, date '{as_of}' - day_index + 1 as absent_since, day_index, s.step as escalation_step, s.display_name as step_label, s.owner, s.next_step,
  'I' as am_code, 'Ill' as am_meaning, null as pm_code, null as pm_meaning, day_index = 1 as is_reason_outstanding, day_index = 2 as is_golden_hour
from (select *, (1 + hash(pupil) % 3)::int as day_index from pw where week_start = date '2026-11-09' and absent > 2)
join '{seeds}/rules/escalation_steps.csv' s on s.from_day::int = (select max(from_day::int) from '{seeds}/rules/escalation_steps.csv' where from_day::int <= day_index)
