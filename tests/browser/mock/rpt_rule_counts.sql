select place_type, place_key, place_name, slug, rule_id, s.display_name as rule_label, rule_text, next_step, owner, priority::int as priority, s.source,
  (6 + priority::int % 5)::bigint as open_pupils, (priority::int % 3)::bigint as new_pupils, (12 + priority::int)::bigint as year_pupils
from rpt_places, '{seeds}/rules/rule_steps.csv' s where place_type = 'school'
