-- Sessions of suspension that follow each other. What is not possible or has no mark does not end a suspension, so it
-- is left out before the sessions are counted. Only pupils with sessions enough are looked at.
with pupils as (
    select
        pupil_key,
        school_urn
    from {{ ref("int_checked_sessions") }}
    where code_check = 'suspension_too_long'
    group by all
    having
        count(*) > (
            select 2 * min(rule.value)
            from {{ ref("dim_rule") }} as rule
            where rule.rule_name = 'suspension_days'
        )
),

counted as (
    select
        session.pupil_key,
        session.school_urn,
        session.session_date,
        session.session,
        cast(row_number() over (
            partition by session.pupil_key, session.school_urn order by session.session_date, session.session
        ) as integer) as step
    from {{ ref("fct_sessions") }} as session
    inner join pupils on session.pupil_key = pupils.pupil_key and session.school_urn = pupils.school_urn
    where session.is_possible
)

select
    checked.*,
    counted.step,
    1 as value
from {{ ref("int_checked_sessions") }} as checked
inner join counted
    on
        checked.pupil_key = counted.pupil_key
        and checked.school_urn = counted.school_urn
        and checked.session_date = counted.session_date
        and checked.session = counted.session
where checked.code_check = 'suspension_too_long'
