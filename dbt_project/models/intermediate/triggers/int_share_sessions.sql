-- Sums of the year to date, session by session, in the weeks where a stretch can begin: the first that it may have
-- begun in, and later ones in which its condition can have failed. The last week is there for its last session.
with weeks as (
    select
        {%- for column in share_sums() %}
        week.{{ column }} - week.week_{{ column }} as before_{{ column }},
        {%- endfor %}
        week.*
    from {{ ref("int_share_weeks") }} as week
),

needed as (
    select
        {%- for column in share_sums() %}
        weeks.before_{{ column }},
        {%- endfor %}
        weeks.pupil_id,
        weeks.school_urn,
        weeks.academic_year,
        weeks.week_start
    from weeks
    inner join {{ ref("int_shares") }} as share
        on
            weeks.pupil_id = share.pupil_id
            and weeks.school_urn = share.school_urn
            and weeks.academic_year = share.academic_year
            and weeks.week_start >= share.first_week
    left join {{ ref("int_share_rules") }} as rules on weeks.academic_year = rules.academic_year
    where
        weeks.week_start in (share.first_week, share.last_week)
        {%- for name, may_fail in shares_that_may_fail("weeks", "rules").items() %}
        or (share.share = '{{ name }}' and ({{ may_fail }}))
        {%- endfor %}
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
