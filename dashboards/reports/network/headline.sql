select *
from rollcall.rpt_headline
where period_key = $period and population = 'all'
order by place_order
