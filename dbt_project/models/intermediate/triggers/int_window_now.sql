-- The window as it stands, for pupils with an episode: it ends with the newest school week up to the as-of day, or with
-- the pupil's last week in the trust.
with last_weeks as (
    select
        weeks.pupil_id,
        max(weeks.week_start) as week_start
    from {{ ref("int_enrolment_weeks") }} as weeks
    group by weeks.pupil_id
),

opens as (
    select
        episodes.pupil_id,
        episodes.school_urn,
        max(school_weeks.week_no) - max(cast(length.value as integer)) as before_no
    from {{ ref("int_window_episodes") }} as episodes
    cross join {{ ref("stg_trust") }} as trust
    inner join {{ ref("dim_rule") }} as length on {{ in_force("length", "'penalty_notice_weeks'", "trust.as_of") }}
    inner join last_weeks on episodes.pupil_id = last_weeks.pupil_id
    inner join {{ ref("int_school_weeks") }} as school_weeks
        on episodes.school_urn = school_weeks.school_urn and last_weeks.week_start >= school_weeks.week_start
    where episodes.is_latest
    group by episodes.pupil_id, episodes.school_urn
)

select
    opens.pupil_id,
    opens.school_urn,
    count(missed.session_no) as in_window
from opens
left join {{ ref("int_school_weeks") }} as week
    on opens.school_urn = week.school_urn and opens.before_no + 1 = week.week_no
left join {{ ref("int_window_sessions") }} as missed
    on opens.pupil_id = missed.pupil_id and missed.session_date >= coalesce(week.week_start, date '1990-01-01')
group by opens.pupil_id, opens.school_urn
