-- An episode is a run of school weeks at whose end the window holds enough sessions. It starts with the session that
-- reaches the threshold in a week before which the window was below it.
with weeks as (
    select
        *,
        max(in_window) over (partition by pupil_id, week_start) >= threshold
        and (in_window >= threshold or in_window_before >= threshold) as is_in_episode,
        in_window >= threshold and in_window_before < threshold
        and row_number() over (
            partition by pupil_id, week_start, in_window >= threshold order by session_no
        ) = 1 as is_start
    from {{ ref("int_window_sessions") }}
),

numbered as (
    select
        *,
        count(*) filter (where is_start) over (
            partition by pupil_id order by session_no rows between unbounded preceding and current row
        ) as episode
    from weeks
)

select
    pupil_id,
    episode,
    arg_min(school_urn, session_no) as school_urn,
    min(session_date) as triggered_on,
    max(session_date) filter (where is_in_episode) as last_session_date,
    arg_min(ordinal - in_window, session_no) + 1 as first_ordinal,
    min(ordinal) as trigger_ordinal,
    max(ordinal) filter (where is_in_episode) as last_ordinal,
    arg_min(in_window, session_no) as sessions_reached,
    arg_max(in_window, session_no) filter (where is_in_episode) as sessions_at_end,
    arg_min(threshold, session_no) as threshold,
    episode = max(episode) over (partition by pupil_id) as is_latest
from numbered
where episode > 0
group by pupil_id, episode
