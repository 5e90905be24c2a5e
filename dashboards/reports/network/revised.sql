select revised.*, measure.better
from rollcall.rpt_revised_figures as revised
inner join (select measure, better from rollcall.rpt_guide_measures) as measure using (measure)
where
    revised.period_type = 'half_term'
    and revised.academic_year = (select academic_year from rollcall.rpt_periods where period_key = $period)
    and revised.period_order <= (select period_order from rollcall.rpt_periods where period_key = $period)
order by revised.place_order, revised.period_order desc, revised.measure_order
