-- Each pupil's year, its half terms, and the year before; sessions also in days.
select
    period.pupil_id, period.period_type, period.period_key, period.label, period.is_running,
    period.possible_sessions / 2.0 as days_possible,
    period.attended_sessions / 2.0 as days_attended,
    period.days_absent,
    period.authorised_sessions / 2.0 as days_authorised,
    period.unauthorised_sessions / 2.0 as days_unauthorised,
    period.late_sessions,
    period.missing_sessions,
    period.attendance_percent
from rollcall.rpt_pupil_periods as period
inner join rollcall.rpt_pupils as pupil using (slug, pupil_id)
where
    period.slug = $slug
    and period.period_type != 'term'
    and ($pupil_id is null or pupil.pupil_id = $pupil_id)
    and ($year_group is null or pupil.year_group = $year_group)
    and ($form is null or pupil.form = $form)
order by period.pupil_id, period.period_type = 'year', period.start_date
