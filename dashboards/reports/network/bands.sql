select
    place_key, place_name, place_type, place_order, absence_band, band_order, pupils, percent_of_pupils, is_suppressed
from rollcall.rpt_bands
where period_key = $period and year_group = 'all'
order by place_order, band_order
