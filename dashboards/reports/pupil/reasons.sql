-- The codes of each pupil's absence, most days first.
select code.pupil_id, code.description, code.category_label, code.days
from rollcall.rpt_pupil_codes as code
inner join rollcall.rpt_pupils as pupil using (slug, pupil_id)
where
    code.slug = $slug
    and code.is_absent
    and ($pupil_id is null or pupil.pupil_id = $pupil_id)
    and ($year_group is null or pupil.year_group = $year_group)
    and ($form is null or pupil.form = $form)
order by code.pupil_id, code.days desc, code.code_order
