-- Those whom the briefing is about, with the step that comes next.
select
    pupil.pupil_id, pupil.pupil_name, pupil.sort_name, pupil.year_group_label, pupil.year_group_order, pupil.form,
    brief.four_weeks_days_absent, brief.four_weeks_absence_percent, brief.days_absent, brief.overall_absence_percent,
    brief.is_briefing_four_weeks, brief.is_briefing_year_to_date, brief.is_declining, brief.week_start,
    pupil.main_reasons, pupil.rule_label, pupil.next_step, pupil.owner, pupil.is_on_request
from rollcall.rpt_weekly_briefing as brief
inner join rollcall.rpt_pupils as pupil using (slug, pupil_id)
where
    brief.slug = $slug
    and ($year_group is null or pupil.year_group = $year_group)
    and ($form is null or pupil.form = $form)
order by
    brief.is_declining and (brief.is_briefing_four_weeks or brief.is_briefing_year_to_date) desc,
    brief.is_declining desc,
    brief.four_weeks_absence_percent desc,
    pupil.sort_name,
    pupil.pupil_id
