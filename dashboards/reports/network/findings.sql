select * from rollcall.rpt_findings order by severity_order, finding, place_order nulls last
