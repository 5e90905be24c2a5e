with reached as (
  select p.pupil, p.slug, s.*, row_number() over (partition by p.pupil order by s.priority::int) as place
  from pupil_period p, '{seeds}/rules/rule_steps.csv' s
  where p.period_type = 'year' and p.academic_year = '2026/27'
    and (p.persistent and s.priority::int = 5 + p.absent % 5 or 20 * p.absent >= p.possible and s.rule_id = 'at_risk' or p.unauthorised > 0 and s.is_on_request::boolean))
select md5(pupil) as pupil_key, slug, rule_id, display_name as rule_label, rule_text, next_step, owner, priority, is_on_request, date '2026-10-01' + place::int as since,
  'Made-up evidence: absent often up to 13 November 2026.' as evidence, true as is_open, place = 1 as is_next_step
from reached
