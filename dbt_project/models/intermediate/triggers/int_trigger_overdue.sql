-- Overdue sessions that follow one another are one episode, dated by its first. It is open until marks are amended.
with runs as (
    select
        overdue.*,
        ordered.possible_no
        - row_number() over (partition by overdue.pupil_id, overdue.school_urn order by overdue.session_no) as run
    from {{ ref("int_overdue_reasons") }} as overdue
    inner join {{ ref("int_run_sessions") }} as ordered
        on
            overdue.pupil_id = ordered.pupil_id
            and overdue.school_urn = ordered.school_urn
            and overdue.session_no = ordered.session_no
)

select
    runs.pupil_id,
    runs.school_urn,
    'n_overdue' as rule_id,
    'rule' as ground,
    min(runs.session_date) as triggered_on,
    min(runs.session_date) as first_session_date,
    max(runs.session_date) as last_session_date,
    cast(count(*) as integer) as sessions,
    cast(null as integer) as possible_sessions,
    cast(max(runs.school_days) as double) as value,
    cast(max(runs.school_days) as double) as latest_value,
    arg_min(runs.threshold, runs.session_no) as threshold,
    true as is_open,
    min(runs.due_on) as due_on,
    {{ code_list("runs") }} as codes,
    {{ session_list("runs") }} as evidence_sessions
from runs
group by runs.pupil_id, runs.school_urn, runs.run
