-- Expected sessions are counted once for each year group and span on roll, which many pupils share.
with enrolments as (
    select
        enrolment.pupil_id,
        enrolment.school_urn,
        enrolment.academic_year,
        coalesce(enrolment.year_group, 'unknown') as year_group,
        greatest(roll.entry_date, trust.as_of + 1) as first_day,
        roll.leaving_date
    from {{ ref("int_enrolment_periods") }} as enrolment
    cross join {{ ref("stg_trust") }} as trust
    inner join {{ ref("int_roll") }} as roll
        on enrolment.pupil_id = roll.pupil_id and enrolment.school_urn = roll.school_urn
    where enrolment.period_type = 'year' and roll.leaving_date > trust.as_of
),

counted as (
    select
        span.school_urn,
        span.academic_year,
        span.year_group,
        span.first_day,
        span.leaving_date,
        count(*) as remaining_sessions
    from (select distinct * exclude (pupil_id) from enrolments) as span
    inner join {{ ref("int_school_sessions") }} as school_session
        on
            span.school_urn = school_session.school_urn
            and span.academic_year = school_session.academic_year
            and span.year_group = school_session.year_group
            and school_session.session_date between span.first_day and span.leaving_date
    group by all
)

select
    enrolment.pupil_id,
    enrolment.school_urn,
    enrolment.academic_year,
    cast(sum(counted.remaining_sessions) as integer) as remaining_sessions
from enrolments as enrolment
inner join counted
    on
        enrolment.school_urn = counted.school_urn
        and enrolment.academic_year = counted.academic_year
        and enrolment.year_group = counted.year_group
        and enrolment.first_day = counted.first_day
        and enrolment.leaving_date = counted.leaving_date
group by enrolment.pupil_id, enrolment.school_urn, enrolment.academic_year
