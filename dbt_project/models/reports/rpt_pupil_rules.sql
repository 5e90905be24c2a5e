-- The rules that pupils reached in the running year; of a pupil's open ones exactly one gives the next step (W1, W2).
select
    triggers.pupil_key,
    school.slug,
    triggers.rule_id,
    steps.display_name as rule_label,
    steps.rule_text,
    triggers.next_step,
    steps.owner,
    cast(steps.priority as integer) as priority,
    cast(steps.is_on_request as boolean) as is_on_request,
    triggers.triggered_on as since,
    triggers.evidence,
    triggers.is_open,
    triggers.is_open and row_number() over (
        partition by triggers.pupil_key, triggers.school_urn
        order by triggers.is_open desc, steps.priority asc, triggers.triggered_on asc
    ) = 1 as is_next_step
from {{ ref("fct_rule_triggers") }} as triggers
inner join {{ ref("dim_school") }} as school on triggers.school_urn = school.school_urn
left join {{ ref("rule_steps") }} as steps on triggers.rule_id = steps.rule_id
where triggers.academic_year = {{ running_year(ref("int_running_year")) }}
