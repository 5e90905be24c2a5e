select *
from rollcall.rpt_findings
where $slug is null or slug = $slug
order by severity_order, finding, place_order
