with share(line, place, part, share) as (values ('/', 1, 'attended', 0.5), ('L', 1, 'late', 0), ('\', 1, 'rest', 0), ('I', 3, 'authorised', 1.0), ('O', 4, 'unauthorised', 1.0), ('missing', 100, 'missing', 1.0)),
h as (select * from rpt_headline where place_type = 'school' and population = 'all' and period_type <> 'week'),
n as (select h.*, line, place, part,
  case part when 'attended' then (attended_sessions * share)::int when 'rest' then attended_sessions - (attended_sessions * 0.5)::int - late_sessions when 'late' then late_sessions
    when 'authorised' then authorised_sessions when 'unauthorised' then unauthorised_sessions else missing_sessions end as sessions from h cross join share)
select slug, academic_year, period_type, period_key, 'all' as year_group, 'All year groups' as year_group_label, 0 as year_group_order, line, place as line_order, c.code,
  coalesce(c.description, 'No mark was sent') as description, coalesce(upper(left(replace(c.statistical_category, '_', ' '), 1)) || substr(replace(c.statistical_category, '_', ' '), 2), 'Missing') as category_label,
  case when c.code is null then 'Neither attendance nor absence until the school sends a mark' else 'Possible session' end as counts_as, c.valid_from,
  sessions, case when part <> 'missing' then sessions else 0 end as possible_sessions, case when part in ('attended', 'rest', 'late') then sessions else 0 end as attended_sessions,
  case when part in ('authorised', 'unauthorised') then sessions else 0 end as absent_sessions, case when part = 'authorised' then sessions else 0 end as authorised_sessions,
  case when part = 'unauthorised' then sessions else 0 end as unauthorised_sessions, case when line = 'L' then sessions else 0 end as late_sessions
from n left join '{seeds}/attendance_codes.csv' c on c.code = n.line and c.valid_to is null
