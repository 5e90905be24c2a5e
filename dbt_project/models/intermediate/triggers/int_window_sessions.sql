-- The window of a session opens on the Monday of the school week so many weeks back, in the numbering of the school
-- where the session was missed; what counts in it was missed at any of the trust's schools. The window before ends with
-- the week before the session's.
with missed as (
    select
        pupil_id,
        session_no,
        week_start,
        session_date,
        session,
        min(school_urn) as school_urn,
        arg_min(code, school_urn) as code
    from {{ ref("int_absent_sessions") }}
    where counts_for_penalty_notice
    group by pupil_id, session_no, week_start, session_date, session
),

framed as (
    select
        missed.*,
        rule.value as threshold,
        -- how many half-days back the windows begin, and the one before ends
        missed.session_no
        - {{ session_number("coalesce(opens.week_start, date '1990-01-01')", "'AM'") }} as to_opening,
        missed.session_no
        - {{ session_number("coalesce(opened.week_start, date '1990-01-01')", "'AM'") }} as to_opening_before,
        missed.session_no - {{ session_number("missed.week_start", "'AM'") }} + 1 as to_week_before
    from missed
    inner join {{ ref("dim_rule") }} as rule
        on {{ in_force("rule", "'penalty_notice_sessions'", "missed.session_date") }}
    inner join {{ ref("dim_rule") }} as length
        on {{ in_force("length", "'penalty_notice_weeks'", "missed.session_date") }}
    left join {{ ref("int_school_weeks") }} as week
        on missed.school_urn = week.school_urn and missed.week_start = week.week_start
    left join {{ ref("int_school_weeks") }} as opens
        on missed.school_urn = opens.school_urn and week.week_no - cast(length.value as integer) + 1 = opens.week_no
    left join {{ ref("int_school_weeks") }} as opened
        on missed.school_urn = opened.school_urn and week.week_no - cast(length.value as integer) = opened.week_no
)

select
    *,
    row_number() over pupil as ordinal,
    count(*) over (
        pupil range between to_opening preceding and current row -- noqa: PRS
    ) as in_window,
    count(*) over (
        pupil range between to_opening_before preceding and to_week_before preceding -- noqa: PRS
    ) as in_window_before
from framed
window pupil as (partition by pupil_id order by session_no)
