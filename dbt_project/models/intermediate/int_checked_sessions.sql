-- The sessions with a code that some check looks at, a small part of all sessions.
with codes as (
    select
        link.code_check,
        link.code,
        link.valid_from,
        link.valid_to,
        list(link.year_group) filter (where link.year_group is not null) as expected_year_groups
    from {{ ref("code_checks_codes") }} as link
    inner join {{ ref("code_checks") }} as checks on link.code_check = checks.code_check
    where checks.scope = 'pupil'
    group by all
)

select
    codes.code_check,
    session.pupil_key,
    session.school_urn,
    session.session_date,
    session.session,
    session.academic_year,
    session.year_group,
    session.code,
    codes.expected_year_groups,
    days.day_number,
    days.week_number,
    days.group_day_number
from {{ ref("fct_sessions") }} as session
inner join codes
    on
        session.code = codes.code
        and session.session_date >= codes.valid_from
        and session.session_date <= coalesce(codes.valid_to, date '9999-12-31')
inner join {{ ref("int_numbered_days") }} as days
    on
        session.school_urn = days.school_urn
        and coalesce(session.year_group, 'unknown') = days.year_group
        and session.session_date = days.session_date
