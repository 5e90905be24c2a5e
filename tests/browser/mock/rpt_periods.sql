with p as (select *, row_number() over w::int as period_order, start_date = max(start_date) over (partition by period_type) as is_latest,
  lag(period_key) over w as previous_period_key, lag(short_label) over w as previous_label from period window w as (partition by period_type order by start_date))
select p.*, least(p.end_date, date '{as_of}') as figures_to, p.end_date > date '{as_of}' as is_running, p.is_latest and p.period_type = 'year' as is_default,
  y.period_key as last_year_period_key, y.short_label as last_year_label from p left join p y on y.period_type = p.period_type and case when p.period_type = 'week'
  then y.start_date = p.start_date - 364 else left(y.academic_year, 4)::int = left(p.academic_year, 4)::int - 1 and y.half_term is not distinct from p.half_term and y.term is not distinct from p.term end
