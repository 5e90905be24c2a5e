-- Grain: one row per open session of a school, per year group taught there (`unknown` where a pupil has none).
-- Weekdays inside a half term are open, bank holidays are not, and what the calendar lists comes before both: a row for
-- a year group before a row for a session before a row for the day.
with groups_taught as (
    select distinct
        school_urn,
        coalesce(year_group, 'unknown') as year_group
    from {{ ref("int_pupil_versions") }}
),

halves as (
    select unnest(['AM', 'PM']) as session
),

usual_days as (
    select
        half_terms.school_urn,
        cast(
            unnest(generate_series(half_terms.start_date, half_terms.end_date, interval 1 day)) as date
        ) as session_date
    from {{ ref("int_half_terms") }} as half_terms
),

days as (
    select
        usual_days.school_urn,
        usual_days.session_date,
        isodow(usual_days.session_date) <= 5 and holidays.bank_holiday is null as is_usually_open
    from usual_days
    left join {{ ref("bank_holidays") }} as holidays on usual_days.session_date = holidays.bank_holiday
    union
    select
        listed.school_urn,
        listed.calendar_date,
        false
    from {{ ref("int_calendar_days") }} as listed
),

-- a listed day inside a half term is there twice; what is usual comes from the half term
sessions as (
    select
        days.school_urn,
        days.session_date,
        halves.session,
        groups_taught.year_group,
        bool_or(days.is_usually_open) as is_usually_open
    from days
    inner join groups_taught on days.school_urn = groups_taught.school_urn
    cross join halves
    group by days.school_urn, days.session_date, halves.session, groups_taught.year_group
),

-- each listed day once for every session and year group that it is about
listed as (
    select
        days.school_urn,
        days.calendar_date,
        halves.session,
        groups_taught.year_group,
        days.is_open,
        days.year_group is not null as is_of_year_group,
        days.session is not null as is_of_session
    from {{ ref("int_calendar_days") }} as days
    inner join halves on coalesce(days.session, halves.session) = halves.session
    inner join groups_taught
        on
            days.school_urn = groups_taught.school_urn
            and coalesce(days.year_group, groups_taught.year_group) = groups_taught.year_group
),

decided as (
    select
        sessions.*,
        coalesce(listed.is_open, sessions.is_usually_open) as is_open
    from sessions
    left join listed
        on
            sessions.school_urn = listed.school_urn
            and sessions.session_date = listed.calendar_date
            and sessions.session = listed.session
            and sessions.year_group = listed.year_group
    qualify
        row_number() over (
            partition by sessions.school_urn, sessions.session_date, sessions.session, sessions.year_group
            order by
                listed.is_of_year_group desc nulls last, listed.is_of_session desc nulls last, listed.is_open asc
        ) = 1
)

select
    {{ short_name(
        ["decided.school_urn", "decided.session_date", "decided.session", "decided.year_group"]
    ) }} as school_session_id,
    decided.school_urn,
    decided.year_group,
    decided.session_date,
    decided.session,
    {{ academic_year("decided.session_date") }} as academic_year,
    half_terms.half_term,
    half_terms.term,
    cast(date_trunc('week', decided.session_date) as date) as week_start
from decided
left join {{ ref("int_half_terms") }} as half_terms
    on
        decided.school_urn = half_terms.school_urn
        and decided.session_date between half_terms.span_start and half_terms.span_end
where decided.is_open
