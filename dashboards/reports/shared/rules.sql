select * from rollcall.rpt_guide_rules
