-- Of the newest term that was over by the end of the half term: how many pupils of each school reached which rule.
select reached.*
from rollcall.rpt_rules_reached as reached
inner join rollcall.rpt_periods as term on reached.period_key = term.period_key
where
    term.period_order = (
        select max(over_by_then.period_order)
        from rollcall.rpt_periods as over_by_then
        inner join rollcall.rpt_periods as this on this.period_key = $period
        where
            over_by_then.period_type = 'term'
            and not over_by_then.is_running
            and over_by_then.end_date <= this.end_date
    )
order by reached.place_order, reached.report_order
