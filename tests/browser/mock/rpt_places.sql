select {place}, any_value(phase_label) as phase_label, any_value(school_urn) as school_urn, 'year' as period_type, '2026/27' as period_key, false as is_suppressed,
  max(case when place_type = 'school' then '886' end) as la_code, max(case when place_type = 'school' then la_name end) as la_name,
  max(case when place_type = 'school' then region_name end) as region_name, count(*)::int as schools, sum(n)::bigint as pupils_now,
  date '{as_of}' - case when place_key = 'the-harbour-school' then 2 else 0 end as newest_marks_date
from entity left join (select slug as member, any_value(la_name) as la_name, any_value(region_name) as region_name from school group by slug) using (member)
join (select slug as member, count(*) as n from pupil group by slug) using (member) group by all
