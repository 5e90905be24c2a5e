-- Weeks of this year up to the end of the period, and all of the year before, laid 52 weeks later.
select
    week.place_key,
    week.place_name,
    week.place_order,
    week.academic_year,
    week.academic_year = this.academic_year as is_this_year,
    week.start_date + if(week.academic_year = this.academic_year, 0, 364) as shown_on,
    week.attendance_percent
from rollcall.rpt_headline as week
inner join rollcall.rpt_periods as this on this.period_key = $period
inner join rollcall.rpt_periods as years
    on years.period_type = 'year' and years.period_key = this.academic_year
where
    week.period_type = 'week'
    and (week.slug = $slug or ($slug is null and week.place_type = 'phase'))
    and week.population = 'all'
    and week.attendance_percent is not null
    and (
        week.academic_year = this.academic_year and week.start_date <= this.end_date
        or week.academic_year = years.previous_period_key
    )
order by week.place_order, shown_on
