-- A session on which every mark of the year group says that the school was closed as planned is no school session.
with closures as (
    select
        counts.school_urn,
        coalesce(counts.year_group_week, 'unknown') as year_group,
        counts.session_date,
        counts.session
    from {{ ref("int_session_counts") }} as counts
    left join {{ ref("attendance_codes") }} as codes
        on
            counts.code = codes.code
            and counts.session_date >= codes.valid_from
            and counts.session_date <= coalesce(codes.valid_to, date '9999-12-31')
    group by counts.school_urn, coalesce(counts.year_group_week, 'unknown'), counts.session_date, counts.session
    having bool_and(coalesce(codes.is_planned_closure, false))
),

days as (
    select
        sessions.school_urn,
        sessions.year_group,
        sessions.session_date,
        sessions.week_start
    from {{ ref("int_school_sessions") }} as sessions
    cross join {{ ref("stg_trust") }} as trust
    left join closures
        on
            sessions.school_urn = closures.school_urn
            and sessions.year_group = closures.year_group
            and sessions.session_date = closures.session_date
            and sessions.session = closures.session
    where
        sessions.session_date <= trust.as_of
        and closures.school_urn is null
    group by sessions.school_urn, sessions.year_group, sessions.session_date, sessions.week_start
)

select
    school_urn,
    year_group,
    session_date,
    week_start,
    row_number() over (partition by school_urn, year_group order by session_date) as day_no
from days
