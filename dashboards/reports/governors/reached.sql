select *
from rollcall.rpt_rules_reached
where period_key = $period and ($slug is null or slug = $slug)
order by place_order, report_order
