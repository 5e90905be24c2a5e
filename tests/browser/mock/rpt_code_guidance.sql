select g.code, g.valid_from, g.valid_to, g.description, g.is_current, g.category_label, g.category_order, g.code_order, g.counts_as, w.use_when, w.mind,
  replace(c.sessions_allowed, ';', ' or ') as sessions_allowed, case when c.counts_for_penalty_notice::boolean then 'Penalty notice' end as counts_towards, c.source
from rpt_guide_codes g join '{seeds}/attendance_codes.csv' c using (code, valid_from) left join '{seeds}/reports/code_guidance.csv' w using (code, valid_from)
