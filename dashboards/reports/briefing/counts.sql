-- How many pupils each variant of the briefing takes in, by year group.
select
    pupil.year_group_label,
    pupil.year_group_order,
    count(*) filter (where brief.is_briefing_four_weeks) as four_weeks,
    count(*) filter (where brief.is_briefing_year_to_date) as year_to_date,
    count(*) filter (where brief.is_briefing_four_weeks and brief.is_briefing_year_to_date) as both,
    count(*) filter (where brief.is_declining) as declining,
    count(*) as pupils
from rollcall.rpt_weekly_briefing as brief
inner join rollcall.rpt_pupils as pupil using (slug, pupil_id)
where
    brief.slug = $slug
    and ($year_group is null or pupil.year_group = $year_group)
    and ($form is null or pupil.form = $form)
group by pupil.year_group_label, pupil.year_group_order
order by pupil.year_group_order
