select y.pupil_key, y.slug, true as is_on_roll, y.year_group, y.year_group_label, y.year_group_order, y.year_group || case when hash(y.pupil_key) % 2 = 0 then 'A' else 'B' end as form,
  y.possible_sessions, y.attended_sessions, y.absent_sessions, y.authorised_sessions, y.unauthorised_sessions, y.late_sessions, y.missing_sessions, y.attendance_percent,
  y.overall_absence_percent, y.days_absent, y.absence_band, y.band_label, y.band_order, y.band_status_label, p.persistent as is_persistently_absent,
  20 * p.absent >= p.possible and 100 * p.absent < 15 * p.possible as is_at_risk, 20 * p.absent >= p.possible as is_listed, p.possible >= 20 as has_minimum_sessions,
  case when not p.persistent then greatest(0, ceil((p.possible - 10 * p.absent) / 9.0) - 1) end as sessions_before_persistent,
  case when not p.persistent then 27 end as sessions_before_persistent_this_year, case when p.persistent then 10 * p.absent - p.possible + 1 else 0 end as sessions_to_recover,
  10 * p.absent - p.possible + 1 <= 280 as can_recover_this_year, 280 as remaining_sessions, m.display_name as movement_half_term_label, m.display_name as movement_week_label,
  p.absent % 7 = 6 as is_declining, y.overall_absence_percent as four_weeks_absence_percent, y.late_sessions as late_before_close_sessions, 0 as late_after_close_sessions, null as minutes_late,
  20 * y.late_sessions >= y.possible_sessions as is_persistently_late, c.main_reasons, coalesce(o.open_rules, 0) as open_rules,
  r.rule_id, r.rule_label, r.next_step, r.owner, r.priority, coalesce(r.is_on_request, false) as is_on_request, r.since, r.evidence
from rpt_pupil_periods y join pupil_period p on md5(p.pupil) = y.pupil_key and p.period_type = 'year' and p.academic_year = y.academic_year
left join rpt_pupil_rules r on r.pupil_key = y.pupil_key and r.is_next_step
left join (select pupil_key, count(*) as open_rules from rpt_pupil_rules group by pupil_key) o on o.pupil_key = y.pupil_key
left join (select pupil_key, string_agg(lower(description) || ' ' || printf('%g', days), ', ') as main_reasons from rpt_pupil_codes group by pupil_key) c on c.pupil_key = y.pupil_key
left join '{seeds}/reports/pupil_movements.csv' m on m.movement = case when p.persistent then 'newly_in' else 'still_out' end
where y.period_type = 'year' and y.academic_year = '2026/27'
