select * from rollcall.rpt_guide_bands order by band_order
