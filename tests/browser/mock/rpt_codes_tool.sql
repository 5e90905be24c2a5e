with years as (
  select * from (values ('all', 'Whole school', 0, 2), ('7', 'Year 7', 10, 1), ('8', 'Year 8', 11, 1)) as y (year_group, year_group_label, year_group_order, parts)
), datasets as (from '{seeds}/tools/codes_tool_datasets.csv'),
used as (
  select c.* exclude (year_group, year_group_label, year_group_order, sessions, possible_sessions), y.*, (c.sessions // 2 * y.parts) as sessions, (c.possible_sessions // 2 * y.parts) as possible_sessions
  from rpt_code_use c, years y where c.place_type = 'school' and c.year_group = 'all'
)
select {place}, academic_year, period_type, period_key, 'All year groups' as variant_label, d.dataset, d.dataset_order::int as dataset_order, d.display_name as dataset_label,
  year_group, year_group_label, year_group_order, if(d.category = 'code', code, d.category) as item, if(d.category = 'code', u.description, null) as item_label,
  if(d.category = 'code', category_label, null) as category_label, if(d.category = 'code', category_order, 99) as category_order, if(d.category = 'code', code_order, 999) as item_order,
  true as is_in_variant, sum(u.sessions) as sessions, sum(u.sessions) as counted_sessions, max(u.possible_sessions) as possible_sessions, 100.0 * sum(u.sessions) / max(u.possible_sessions) as percent_of_possible
from used u, datasets d
where (d.category = 'code' or d.category = 'approved_activity' and u.statistical_category = 'approved_educational_activity' or d.category in (u.statistical_category, split_part(u.statistical_category, '_', 1))
    or d.category = 'absent' and u.statistical_category in ('authorised_absence', 'unauthorised_absence'))
  and (d.is_whole_school is null or d.is_whole_school = (year_group = 'all'))
group by all
