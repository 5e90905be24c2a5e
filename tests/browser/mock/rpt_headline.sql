with c as (select {e_place}, 'all' as population, pp.academic_year, period_type, period_key,
  count(distinct pp.slug)::int as schools, count(*)::int as pupils, {sums}, (sum(possible) + sum(missing))::bigint as expected_marks, sum(possible)::bigint as recorded_marks, 0 as refused_marks,
  case when max(period_type) <> 'week' then count(*) filter (persistent) end::int as persistently_absent_pupils,
  case when max(period_type) <> 'week' then count(*) filter (severe) end::int as severely_absent_pupils,
  case when max(period_type) <> 'week' then count(*) filter (20 * absent >= possible and 20 * absent < 3 * possible) end::int as at_risk_pupils,
  {percents}, 100.0 * sum(missing) / (sum(possible) + sum(missing)) as missing_marks_percent, {shares}
from entity e join pupil_period pp on pp.slug = e.member group by all)
select c.*, p.period_order, p.start_date, p.half_term, p.previous_period_key, p.last_year_period_key, {changes},
  case when p.is_running then 'Still running: figures to ' || strftime(p.figures_to, '%-d %B %Y') || ' beside whole periods' end as comparison_note,
  case when c.place_type = 'school' then rank() over (partition by c.place_type, c.phase, c.period_key order by c.attendance_percent desc) end::int as attendance_rank,
  case when c.place_type = 'school' then rank() over (partition by c.place_type, c.phase, c.period_key order by c.unauthorised_absence_percent) end::int as unauthorised_absence_rank,
  case when c.place_type = 'school' then count(*) over (partition by c.place_type, c.phase, c.period_key) end::int as schools_in_phase, {flags}
from c join rpt_periods p using (period_type, period_key)
left join c v on v.place_type = c.place_type and v.place_key = c.place_key and v.period_type = c.period_type and v.period_key = p.previous_period_key
left join c y on y.place_type = c.place_type and y.place_key = c.place_key and y.period_type = c.period_type and y.period_key = p.last_year_period_key
