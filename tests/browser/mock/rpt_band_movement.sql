select slug, academic_year, period_type, period_key, p.short_label as label, p.previous_label, year_group, year_group_label, if(year_group = 'all', 1000, year_group_order) as year_group_order, year_group = 'all' as is_total,
  pupils_with_band // 10 as better_pupils, pupils_with_band // 2 as same_pupils, pupils_with_band // 5 as worse_pupils, 1 as joined_pupils, 0 as left_pupils
from rpt_bands join (select period_type, period_key, short_label, previous_label from rpt_periods) p using (period_type, period_key)
where place_type = 'school' and period_type = 'half_term' and band_order = 1
