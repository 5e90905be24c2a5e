-- The tool's six datasets.
select *
from rollcall.rpt_codes_tool
where slug = $slug and period_key = $period
order by dataset_order, year_group_order, category_order, item_order, item
