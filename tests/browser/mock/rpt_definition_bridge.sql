with whole as (select h.*, step from rpt_headline h, (values (0), (1), (2)) s(step)
  where place_type = 'school' and population = 'all' and period_type <> 'week'),
gone as (select *, case when step = 1 then -7 else 0 end as less from whole)
select place_type, place_key, place_name, slug, academic_year, period_type, period_key, 'compulsory_school_age' as definition,
  'Compulsory school age' as definition_label, 2 as definition_order,
  case step when 0 then 'start' when 1 then 'over_age' else 'end' end as step, step as step_order,
  case step when 0 then 'start' when 1 then 'step' else 'end' end as kind,
  case step when 0 then 'Every enrolment' when 1 then 'Less: older than compulsory school age' else 'Compulsory school age' end as label,
  'DfE''s absence figures end with pupils aged 15 at the start of the year.' as why,
  case step when 1 then -7 when 2 then pupils - 7 else pupils end as pupils,
  case step when 1 then -700 when 2 then possible_sessions - 700 else possible_sessions end as possible_sessions,
  case step when 1 then -40 when 2 then absent_sessions - 40 else absent_sessions end as absent_sessions,
  case step when 1 then -1 when 2 then persistently_absent_pupils - 1 else persistently_absent_pupils end as persistently_absent_pupils,
  case when step <> 1 then overall_absence_percent end as overall_absence_percent,
  case when step <> 1 then persistent_absence_percent end as persistent_absence_percent
from gone
