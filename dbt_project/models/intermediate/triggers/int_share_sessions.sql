-- Sums of the year to date, session by session, in the weeks where a stretch can begin: the first that it may have
-- begun in, and later ones with an absence: what holds at the end of a week without absence held all through it.
-- The last week is there for its last session.
with weeks as (
    select
        week.pupil_id,
        week.school_urn,
        week.academic_year,
        week.week_start,
        {%- for column in share_sums() %}
        lag(week.{{ column }}, 1, 0) over enrolment_year as before_{{ column }},
        {%- endfor %}
        week.week_absent_sessions > 0 as has_absence
    from {{ ref("int_share_weeks") }} as week
    window enrolment_year as (partition by week.pupil_id, week.school_urn, week.academic_year order by week.week_start)
),

needed as (
    select weeks.*
    from weeks
    inner join {{ ref("int_shares") }} as share
        on
            weeks.pupil_id = share.pupil_id
            and weeks.school_urn = share.school_urn
            and weeks.academic_year = share.academic_year
            and (
                weeks.week_start in (share.first_week, share.last_week)
                or (weeks.week_start > share.first_week and weeks.has_absence)
            )
    group by all
)

select
    needed.pupil_id,
    needed.school_urn,
    needed.academic_year,
    needed.week_start,
    {{ session_number("session.session_date", "session.session") }} as session_no,
    {%- for column, flag in {
        "possible_sessions": "is_possible", "attended_sessions": "is_attended", "absent_sessions": "is_absent",
        "authorised_sessions": "is_authorised_absence", "unauthorised_sessions": "is_unauthorised_absence",
    }.items() %}
    cast(needed.before_{{ column }} + count(*) filter (where session.{{ flag }}) over week_so_far as integer)
        as {{ column }},
    {%- endfor %}
    session.session_date
from needed
inner join {{ ref("int_pupils") }} as pupils on needed.pupil_id = pupils.pupil_id
inner join {{ ref("fct_sessions") }} as session
    on
        pupils.pupil_key = session.pupil_key
        and needed.school_urn = session.school_urn
        and needed.week_start = session.week_start
        and session.is_possible
window week_so_far as (
    partition by needed.pupil_id, needed.school_urn, needed.week_start
    order by session.session_date, session.session rows between unbounded preceding and current row
)
