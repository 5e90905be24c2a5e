select p.place_type, p.place_key, p.place_name, p.slug, p.phase, p.phase_order, p.place_order, t.academic_year, t.period_key, s.rule_id, s.display_name as rule_label, s.rule_text,
  r.report_order::int as report_order, if(r.report_order::int % 3 = 2, null, 6 + r.report_order::int % 5) as pupils, r.report_order::int % 3 = 2 as is_suppressed
from rpt_places p, rpt_periods t, '{seeds}/reports/reported_rules.csv' r, '{seeds}/rules/rule_steps.csv' s
where p.place_type = 'school' and t.period_type = 'term' and not t.is_running and r.rule_id = s.rule_id
