with share(code, part, share) as (values ('/', 'attended', 0.5), ('\', 'attended', 0.49), ('L', 'late', 1.0), ('I', 'authorised', 0.7), ('M', 'authorised', 0.2), ('C', 'authorised', 0.1),
  ('O', 'unauthorised', 0.5), ('G', 'unauthorised', 0.25), ('N', 'unauthorised', 0.15), ('U', 'unauthorised', 0.1)),
r as (select {place}, h.academic_year, period_type, period_key, period_order, 'all' as year_group, 'All year groups' as year_group_label, 0 as year_group_order, s.code,
  (case part when 'attended' then attended_sessions when 'late' then late_sessions when 'authorised' then authorised_sessions else unauthorised_sessions end
    * share * (case when place_key = 'northgate-academy' and code = 'C' then 2.2 else 1 end))::bigint as sessions, possible_sessions
  from rpt_headline h cross join share s where place_type <> 'trust' and period_type <> 'week'),
q as (select *, 100.0 * sessions / possible_sessions as percent_of_possible from r)
select q.*, c.description, c.statistical_category, upper(left(replace(c.statistical_category, '_', ' '), 1)) || substr(replace(c.statistical_category, '_', ' '), 2) as category_label,
  case when c.statistical_category = 'present' then 1 when c.statistical_category like 'auth%' then 2 else 3 end::int as category_order,
  row_number() over (partition by q.place_type, q.place_key, q.period_key order by q.code)::int as code_order, 50::bigint as pupils, p.percent_of_possible as phase_percent,
  q.percent_of_possible - p.percent_of_possible as difference_percentage_points, q.percent_of_possible / nullif(p.percent_of_possible, 0) as ratio_to_phase,
  case when q.place_type = 'school' then 0.9 * p.percent_of_possible end as england_percent,
  coalesce(q.percent_of_possible > 1.4 * p.percent_of_possible, false) as stands_out, false as is_suppressed
from q join '{seeds}/attendance_codes.csv' c on c.code = q.code and c.valid_to is null
left join q p on p.place_type = 'phase' and q.place_type = 'school' and p.place_key = q.phase and p.period_key = q.period_key and p.code = q.code
