-- Where each pupil stands in the year to date at the end of the week, and where a school week before.
with weeks as (
    select
        *,
        lag(band_order) over (partition by pupil_id order by period_key) as previous_band_order,
        lag(band_label) over (partition by pupil_id order by period_key) as previous_band_label
    from rollcall.rpt_pupil_weeks
    where slug = $slug
)

select
    pupil.pupil_id, pupil.pupil_name, pupil.sort_name, pupil.form, pupil.year_group_label, pupil.year_group_order,
    week.week_start, week.possible_sessions, week.days_absent, week.band_order, week.band_label,
    band.attendance_label, week.previous_band_order, week.previous_band_label, week.sessions_to_next_band,
    week.sessions_to_next_band / 2.0 as days_to_next_band
from weeks as week
inner join rollcall.rpt_pupils as pupil using (slug, pupil_id)
left join rollcall.rpt_guide_bands as band on week.band_order = band.band_order
where
    week.period_key = $period
    and pupil.is_on_roll
    and week.band_label is not null
    and ($pupil_id is null or pupil.pupil_id = $pupil_id)
    and ($year_group is null or pupil.year_group = $year_group)
    and ($form is null or pupil.form = $form)
order by pupil.year_group_order, pupil.form, pupil.sort_name, pupil.pupil_id
