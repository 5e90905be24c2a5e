-- A session that stays in its week and half term changes their sums by the difference; one that does not leaves one
-- place and enters another.
with signed as (
    select
        changed.pupil_key,
        changed.school_urn,
        changed.session_date,
        changed.session,
        changed.cause,
        changed.now_academic_year as academic_year,
        changed.now_half_term as half_term,
        changed.now_term as term,
        changed.now_week_start as week_start,
        {{ each(
            session_sums(),
            "changed.now_{c} - case when changed.is_same_place then changed.before_{c} else 0 end as {c}"
        ) }}
    from {{ ref("int_session_changes") }} as changed
    where changed.is_now
    union all
    select
        changed.pupil_key,
        changed.school_urn,
        changed.session_date,
        changed.session,
        changed.cause,
        changed.before_academic_year,
        changed.before_half_term,
        changed.before_term,
        changed.before_week_start,
        {{ each(session_sums(), "-changed.before_{c}") }}
    from {{ ref("int_session_changes") }} as changed
    where changed.is_before and not changed.is_same_place
)

select
    signed.pupil_key,
    signed.school_urn,
    signed.academic_year,
    signed.half_term,
    signed.term,
    signed.week_start,
    day.weekday,
    signed.session,
    signed.cause,
    {{ sums_of("signed", session_sums()) }}
from signed
left join {{ ref("dim_date") }} as day on signed.session_date = day.calendar_date
group by all
