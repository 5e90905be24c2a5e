with listed as (
    select
        episodes.pupil_id,
        episodes.episode,
        min(missed.session_date) as first_session_date,
        {{ code_list("missed") }} as codes,
        {{ session_list("missed") }} as evidence_sessions
    from {{ ref("int_window_episodes") }} as episodes
    inner join {{ ref("int_window_sessions") }} as missed
        on
            episodes.pupil_id = missed.pupil_id
            and missed.ordinal between episodes.first_ordinal and episodes.trigger_ordinal
    group by episodes.pupil_id, episodes.episode
)

select
    episodes.pupil_id,
    episodes.school_urn,
    'penalty_notice_window' as rule_id,
    'rule' as ground,
    episodes.triggered_on,
    listed.first_session_date,
    episodes.last_session_date,
    cast(episodes.last_ordinal - episodes.first_ordinal + 1 as integer) as sessions,
    cast(null as integer) as possible_sessions,
    cast(episodes.sessions_reached as double) as value,
    cast(
        case when standing.in_window >= episodes.threshold then standing.in_window else episodes.sessions_at_end end
        as double
    ) as latest_value,
    episodes.threshold,
    coalesce(standing.in_window >= episodes.threshold, false) as is_open,
    cast(null as date) as due_on,
    listed.codes,
    listed.evidence_sessions
from {{ ref("int_window_episodes") }} as episodes
inner join listed on episodes.pupil_id = listed.pupil_id and episodes.episode = listed.episode
left join {{ ref("int_window_now") }} as standing
    on if(episodes.is_latest, episodes.pupil_id, null) = standing.pupil_id
