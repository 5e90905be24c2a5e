select *
from rollcall.rpt_code_use
where period_key = $period and place_type = 'school' and year_group = 'all' and stands_out
order by place_order, difference_percentage_points desc, code_order
