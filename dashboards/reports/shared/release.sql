select * from rollcall.rpt_release
