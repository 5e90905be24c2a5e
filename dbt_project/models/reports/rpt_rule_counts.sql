-- The rules of the running year; a rule that nobody reached is a row with zeros.
with counted as (
    select
        triggers.school_urn,
        triggers.rule_id,
        count(distinct triggers.pupil_key) as year_pupils,
        count(distinct triggers.pupil_key) filter (where triggers.is_open) as open_pupils,
        count(distinct triggers.pupil_key) filter (where triggers.triggered_on > trust.as_of - 7) as new_pupils
    from {{ ref("fct_rule_triggers") }} as triggers
    cross join {{ ref("stg_trust") }} as trust
    where triggers.academic_year = {{ academic_year("trust.as_of") }}
    group by triggers.school_urn, triggers.rule_id
)

select
    place.place_type,
    place.place_key,
    place.place_name,
    place.slug,
    steps.rule_id,
    steps.display_name as rule_label,
    steps.rule_text,
    steps.next_step,
    steps.owner,
    cast(steps.priority as integer) as priority,
    steps.source,
    cast(coalesce(counted.open_pupils, 0) as bigint) as open_pupils,
    cast(coalesce(counted.new_pupils, 0) as bigint) as new_pupils,
    cast(coalesce(counted.year_pupils, 0) as bigint) as year_pupils
from {{ ref("int_place_schools") }} as place
cross join {{ ref("rule_steps") }} as steps
left join counted on place.school_urn = counted.school_urn and steps.rule_id = counted.rule_id
where place.place_type = 'school'
