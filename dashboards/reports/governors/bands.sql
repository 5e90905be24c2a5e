select *
from rollcall.rpt_bands
where period_key = $period and year_group = 'all' and (slug = $slug or ($slug is null and place_type = 'phase'))
order by place_order, band_order
