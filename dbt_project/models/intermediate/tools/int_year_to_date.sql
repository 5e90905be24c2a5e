-- From an enrolment's first to its last period of the year without a gap: a week in which the school is open for other
-- year groups only leaves the pupil where she stood.
with spans as (
    select
        enrolment.pupil_id,
        enrolment.school_urn,
        enrolment.academic_year,
        enrolment.period_type,
        bool_or(enrolment.is_compulsory_school_age) as is_compulsory_school_age,
        min(period.period_order) as first_order,
        max(period.period_order) as last_order
    from {{ ref("int_enrolment_periods") }} as enrolment
    inner join {{ ref("int_year_periods") }} as period
        on
            enrolment.school_urn = period.school_urn
            and enrolment.academic_year = period.academic_year
            and enrolment.period_type = period.period_type
            and enrolment.period_key = period.period_key
    group by enrolment.pupil_id, enrolment.school_urn, enrolment.academic_year, enrolment.period_type
),

filled as (
    select
        span.*,
        period.period_order,
        case when enrolment.pupil_id is not null then coalesce(enrolment.year_group, 'unknown') end as year_group,
        coalesce(enrolment.possible_sessions, 0) as possible_here,
        coalesce(enrolment.absent_sessions, 0) as absent_here
    from spans as span
    inner join {{ ref("int_year_periods") }} as period
        on
            span.school_urn = period.school_urn
            and span.academic_year = period.academic_year
            and span.period_type = period.period_type
            and period.period_order between span.first_order and span.last_order
    left join {{ ref("int_enrolment_periods") }} as enrolment
        on
            span.pupil_id = enrolment.pupil_id
            and span.school_urn = enrolment.school_urn
            and span.academic_year = enrolment.academic_year
            and span.period_type = enrolment.period_type
            and period.period_key = enrolment.period_key
),

summed as (
    select
        pupil_id,
        school_urn,
        academic_year,
        period_type,
        period_order,
        is_compulsory_school_age,
        possible_here,
        absent_here,
        period_order = first_order as is_first,
        period_order = last_order as is_last,
        last_value(year_group ignore nulls) over to_date as year_group,
        cast(sum(possible_here) over to_date as integer) as possible_sessions,
        cast(sum(absent_here) over to_date as integer) as absent_sessions
    from filled
    window
        to_date as (
            partition by pupil_id, school_urn, academic_year, period_type
            order by period_order
            rows between unbounded preceding and current row
        )
)

select
    * exclude (possible_here, absent_here, is_first),
    case when not is_first then possible_sessions - possible_here end as previous_possible_sessions,
    case when not is_first then absent_sessions - absent_here end as previous_absent_sessions
from summed
