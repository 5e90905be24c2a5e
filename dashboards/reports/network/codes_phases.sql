select place_key, place_name, place_order, category_label, category_order, code, description, code_order, sessions,
    percent_of_possible, is_suppressed
from rollcall.rpt_code_use
where period_key = $period and place_type = 'phase' and year_group = 'all'
order by code_order, place_order
