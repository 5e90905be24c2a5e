select md5(p.pupil) as pupil_key, p.slug, c.code, c.description, c.category_label, c.category_order, c.code_order, c.counts_as, c.is_absent,
  greatest(1, p.absent) as sessions, greatest(1, p.absent) / 2.0 as days
from pupil_period p join rpt_guide_codes c on c.is_current and c.is_absent and (hash(p.pupil || c.code) % 9 = 0 or c.code = 'I')
where p.period_type = 'year' and p.academic_year = '2026/27' and p.absent > 0
