select {e_place}, r.academic_year, c.code_check, c.display_name as check_label, c.text as check_text, c.check_order, c.what_to_do,
  if(c.check_order = 7, 14, null) as pupils, if(c.check_order = 7, 31, null) as sessions, c.check_order <> 7 as is_about_few
from rpt_places e cross join rpt_release r cross join '{seeds}/monitoring/code_checks.csv' c
where e.place_type = 'school' and (e.place_order + c.check_order) % 3 = 0 and c.scope = 'pupil'
