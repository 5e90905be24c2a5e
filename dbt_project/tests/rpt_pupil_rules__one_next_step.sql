-- What: every pupil for whom a rule holds has exactly one next step, that of the most urgent rule, and the page of
-- pupils shows that one; nobody else has a step.
-- When it matters: a pupil with two steps is followed up twice or, each leaving it to the other, not at all.
-- How to mend: see is_next_step in rpt_pupil_rules and the join to it in rpt_pupils.
with expected as (
    select
        slug,
        pupil_key,
        count(*) filter (where is_next_step) as steps,
        min(priority) filter (where is_open) as most_urgent,
        min(priority) filter (where is_next_step) as chosen,
        count(*) filter (where is_next_step and not is_open) as closed_steps
    from {{ ref("rpt_pupil_rules") }}
    group by slug, pupil_key
)

select
    coalesce(shown.slug, expected.slug) as slug,
    shown.year_group,
    expected.steps,
    shown.priority
from {{ ref("rpt_pupils") }} as shown
full join expected on shown.slug = expected.slug and shown.pupil_key = expected.pupil_key
where
    coalesce(expected.steps, 0) != if(expected.most_urgent is null, 0, 1)
    or coalesce(expected.closed_steps, 0) > 0
    or expected.chosen is distinct from expected.most_urgent
    or shown.priority is distinct from expected.most_urgent
