with banded as (select pp.*, b.absence_band from pupil_period pp join '{seeds}/absence_bands.csv' b
  on 100 * absent >= low_percent * possible and (high_percent is null or 100 * absent < high_percent * possible) where period_type <> 'week'),
who as (select {e_place}, b.academic_year, period_type, period_key, 'all' as year_group, absence_band, count(*) as pupils
    from entity e join banded b on b.slug = e.member where place_type <> 'trust' group by all
  union all select {e_place}, b.academic_year, period_type, period_key, year_group, absence_band, count(*)
    from entity e join banded b on b.slug = e.member where place_type = 'school' group by all),
cells as (select distinct w.* exclude (absence_band, pupils), b.absence_band, b.band_order::int as band_order, b.display_label as band_label, b.status as band_status_label
  from who w cross join '{seeds}/absence_bands.csv' b)
select c.*, n.display_name as year_group_label, n.year_group_order::int as year_group_order, p.period_order, coalesce(w.pupils, 0)::bigint as pupils,
  sum(coalesce(w.pupils, 0)) over g::bigint as pupils_with_band, 100.0 * coalesce(w.pupils, 0) / sum(coalesce(w.pupils, 0)) over g as percent_of_pupils,
  p.previous_period_key, null::double as percent_change_previous, false as is_suppressed
from cells c join rpt_periods p using (period_type, period_key) left join who w using (place_type, place_key, period_key, year_group, absence_band)
join (select 'all' as year_group, 'All year groups' as display_name, 0 as year_group_order union all select year_group, display_name, year_group_order from '{seeds}/year_groups.csv') n on n.year_group = c.year_group
window g as (partition by c.place_type, c.place_key, c.period_key, c.year_group)
