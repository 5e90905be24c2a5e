with own as (
  select *, case when period_type = 'half_term' then lag(band_order) over (partition by pupil, period_type order by period_key) end as previous_order
  from (select p.*, b.absence_band, b.band_order::int as band_order, b.display_label as band_label, b.status as band_status_label
        from pupil_period p join '{seeds}/absence_bands.csv' b
          on 100 * p.absent >= b.low_percent::int * p.possible and (b.high_percent is null or 100 * p.absent < b.high_percent::int * p.possible)
        where p.period_type <> 'week'))
select md5(own.pupil) as pupil_key, own.slug, own.academic_year, own.period_type, own.period_key, r.label, r.start_date, r.is_running, own.year_group, y.display_name as year_group_label,
  y.year_group_order, own.possible as possible_sessions, attended as attended_sessions, absent as absent_sessions, authorised as authorised_sessions, unauthorised as unauthorised_sessions,
  late as late_sessions, missing as missing_sessions, 100.0 * attended / possible as attendance_percent, 100.0 * absent / possible as overall_absence_percent, absent / 2.0 as days_absent,
  own.absence_band, band_label, own.band_order, band_status_label, e.display_label as previous_band_label, m.movement, m.display_name as movement_label
from own join rpt_periods r using (period_type, period_key) join '{seeds}/year_groups.csv' y on own.year_group = y.year_group
left join '{seeds}/absence_bands.csv' e on own.previous_order = e.band_order::int
left join '{seeds}/reports/pupil_movements.csv' m on own.period_type = 'half_term' and m.movement = case when previous_order is null then 'first_band'
  when own.band_order < previous_order then 'better' when own.band_order > previous_order then 'worse' else 'same' end
where own.academic_year = '2026/27' or own.period_type = 'year'
