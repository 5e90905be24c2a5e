with long as ({long}),
a as (select {e_place}, l.academic_year, period_type, period_key, cohort_dimension, cohort, count(*)::bigint as pupils, {sums},
  count(*) filter (persistent)::bigint as persistently_absent_pupils, count(*) filter (severe)::bigint as severely_absent_pupils, {percents}, {shares}
  from entity e join long l on l.slug = e.member where place_type <> 'trust' group by all),
o as (select x.place_type, x.place_key, x.period_key, x.cohort_dimension, x.cohort, sum(z.pupils)::bigint as peers_pupils,
  100.0 * sum(z.attended_sessions) / sum(z.possible_sessions) as attendance_percent, 100.0 * sum(z.absent_sessions) / sum(z.possible_sessions) as overall_absence_percent,
  100.0 * sum(z.authorised_sessions) / sum(z.possible_sessions) as authorised_absence_percent, 100.0 * sum(z.unauthorised_sessions) / sum(z.possible_sessions) as unauthorised_absence_percent,
  100.0 * sum(z.late_sessions) / sum(z.possible_sessions) as late_percent, 100.0 * sum(z.persistently_absent_pupils) / sum(z.pupils) as persistent_absence_percent,
  100.0 * sum(z.severely_absent_pupils) / sum(z.pupils) as severe_absence_percent
  from a x join a z on x.place_type = z.place_type and x.place_key = z.place_key and x.period_key = z.period_key
    and x.cohort_dimension = z.cohort_dimension and x.cohort <> z.cohort group by all)
select a.* exclude ({measure_percents}), p.period_order, d.display_name as dimension_label, d.dimension_order::int as dimension_order, d.peer_description as gap_basis,
  coalesce(n.display_name, 'Year ' || cohort) as cohort_label, coalesce(n.cohort_order, cohort::int) as cohort_order, coalesce(n.is_rest, false) as is_rest,
  o.peers_pupils, {gaps},
  100.0 * a.absent_sessions / sum(a.absent_sessions) over g as share_of_absence_percent, 100.0 * a.pupils / sum(a.pupils) over g as share_of_pupils_percent, {flags}
from a join rpt_periods p using (period_type, period_key) left join o using (place_type, place_key, period_key, cohort_dimension, cohort)
join '{seeds}/cohort_dimensions.csv' d using (cohort_dimension)
left join '{seeds}/reports/cohort_names.csv' n using (cohort_dimension, cohort) window g as (partition by a.place_type, a.place_key, a.period_key, a.cohort_dimension)
