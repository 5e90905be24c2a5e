-- Grain: one row per school day of a school, and one per day on which at least one school of the trust has school (then
-- school_urn is NULL: the trust's own calendar). The running academic year, the one before and the one to come.
-- The trust is in a half term until every school has ended it.
with school_days as (
    select
        session.school_urn,
        session.session_date as school_day,
        min(session.academic_year) as academic_year,
        min(session.half_term) as half_term,
        min(session.week_start) as week_start,
        max(session.session) as last_session
    from {{ ref("int_school_sessions") }} as session
    cross join {{ ref("stg_trust") }} as trust
    where abs({{ start_year("session.academic_year") }} - {{ start_year(academic_year("trust.as_of")) }}) <= 1
    group by session.school_urn, session.session_date
),

days as (
    select * from school_days
    union all
    select
        null as school_urn,
        school_day,
        min(academic_year) as academic_year,
        min(half_term) as half_term,
        min(week_start) as week_start,
        max(last_session) as last_session
    from school_days
    group by school_day
)

select
    days.*,
    half_terms.term,
    row_number() over (partition by days.school_urn order by days.school_day) as day_number,
    dense_rank() over (partition by days.school_urn, days.academic_year order by days.week_start) as week_number
from days
left join {{ ref("half_terms") }} as half_terms on days.half_term = half_terms.half_term
