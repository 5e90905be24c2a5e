with reached as (
    select
        positions.rule_id,
        positions.pupil_id,
        positions.school_urn,
        positions.academic_year,
        positions.period_type,
        positions.period_key,
        positions.position,
        positions.session_no,
        positions.session_date as triggered_on,
        steps.sessions_per_unit,
        rule.value as threshold
    from {{ ref("int_total_positions") }} as positions
    inner join {{ ref("rule_steps") }} as steps on positions.rule_id = steps.rule_id
    inner join {{ ref("dim_rule") }} as rule on {{ in_force("rule", "steps.threshold_rule", "positions.session_date") }}
    where {{ meets_rule("positions.position", "steps", "rule") }}
    qualify
        row_number() over (
            partition by positions.rule_id, positions.pupil_id, positions.school_urn, positions.period_key
            order by positions.session_no
        ) = 1
)

select
    reached.pupil_id,
    reached.school_urn,
    reached.academic_year,
    reached.rule_id,
    'rule' as ground,
    reached.triggered_on,
    min(positions.session_date) as first_session_date,
    max(positions.session_date) as last_session_date,
    cast(count(*) as integer) as sessions,
    cast(null as integer) as possible_sessions,
    reached.position / reached.sessions_per_unit as value,
    max(positions.position) / max(reached.sessions_per_unit) as latest_value,
    reached.threshold,
    coalesce(period.last_day >= trust.as_of, false) as is_open,
    cast(null as date) as due_on,
    {{ code_list("positions", "positions.session_no <= reached.session_no") }} as codes,
    {{ session_list("positions", "positions.session_no <= reached.session_no") }} as evidence_sessions
from reached
cross join {{ ref("stg_trust") }} as trust
inner join {{ ref("int_total_positions") }} as positions
    on
        reached.rule_id = positions.rule_id
        and reached.pupil_id = positions.pupil_id
        and reached.school_urn = positions.school_urn
        and reached.period_key = positions.period_key
left join {{ ref("int_school_periods") }} as period
    on
        reached.school_urn = period.school_urn
        and reached.period_type = period.period_type
        and reached.period_key = period.period_key
group by all
