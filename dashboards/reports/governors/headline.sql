-- The school; for the trust's report the trust, its phases and their schools.
select *
from rollcall.rpt_headline
where period_key = $period and population = 'all' and ($slug is null or slug = $slug)
order by place_order
