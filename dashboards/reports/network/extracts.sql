select * from rollcall.rpt_school_data order by place_order
