select * from rollcall.rpt_guide_measures order by measure_order
