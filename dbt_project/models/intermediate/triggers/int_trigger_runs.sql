with reached as (
    select
        positions.rule_id,
        positions.pupil_id,
        positions.school_urn,
        positions.run,
        positions.position,
        positions.session_date as triggered_on,
        steps.sessions_per_unit,
        rule.value as threshold
    from {{ ref("int_run_positions") }} as positions
    inner join {{ ref("rule_steps") }} as steps on positions.rule_id = steps.rule_id
    inner join {{ ref("dim_rule") }} as rule on {{ in_force("rule", "steps.threshold_rule", "positions.session_date") }}
    where {{ meets_rule("positions.position", "steps", "rule") }}
    qualify
        row_number() over (
            partition by positions.rule_id, positions.pupil_id, positions.school_urn, positions.run
            order by positions.position
        ) = 1
)

select
    reached.pupil_id,
    reached.school_urn,
    reached.rule_id,
    'rule' as ground,
    reached.triggered_on,
    min(positions.session_date) as first_session_date,
    max(positions.session_date) as last_session_date,
    cast(count(*) as integer) as sessions,
    cast(null as integer) as possible_sessions,
    reached.position / reached.sessions_per_unit as value,
    count(*) / max(reached.sessions_per_unit) as latest_value,
    reached.threshold,
    bool_or(positions.is_last) as is_open,
    cast(null as date) as due_on,
    {{ code_list("positions", "positions.position <= reached.position") }} as codes,
    {{ session_list("positions", "positions.position <= reached.position") }} as evidence_sessions
from reached
inner join {{ ref("int_run_positions") }} as positions
    on
        reached.rule_id = positions.rule_id
        and reached.pupil_id = positions.pupil_id
        and reached.school_urn = positions.school_urn
        and reached.run = positions.run
group by all
