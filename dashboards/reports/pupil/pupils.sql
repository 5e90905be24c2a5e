-- The pupils, in the order of a register.
select *
from rollcall.rpt_pupils
where
    slug = $slug
    and is_on_roll
    and ($pupil_id is null or pupil_id = $pupil_id)
    and ($year_group is null or year_group = $year_group)
    and ($form is null or form = $form)
order by year_group_order, form, sort_name, pupil_id
