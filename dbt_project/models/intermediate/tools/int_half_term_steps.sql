-- Half terms alone: what a pupil had in one and in the one before.
with half_terms as (
    select
        enrolment.pupil_id,
        enrolment.school_urn,
        enrolment.academic_year,
        period.period_type,
        period.period_order,
        enrolment.is_compulsory_school_age,
        coalesce(enrolment.year_group, 'unknown') as year_group,
        enrolment.possible_sessions,
        enrolment.absent_sessions
    from {{ ref("int_enrolment_periods") }} as enrolment
    inner join {{ ref("int_year_periods") }} as period
        on
            enrolment.school_urn = period.school_urn
            and enrolment.academic_year = period.academic_year
            and enrolment.period_type = period.period_type
            and enrolment.period_key = period.period_key
    where enrolment.period_type = 'half_term'
),

neighbours as (
    select
        *,
        lag(period_order) over steps = period_order - 1 as follows,
        coalesce(lead(period_order) over steps = period_order + 1, false) as continues,
        lag(possible_sessions) over steps as possible_before,
        lag(absent_sessions) over steps as absent_before
    from half_terms
    window steps as (partition by pupil_id, school_urn, academic_year order by period_order)
)

select
    * exclude (follows, continues, possible_before, absent_before),
    case when follows then possible_before end as previous_possible_sessions,
    case when follows then absent_before end as previous_absent_sessions,
    not continues as is_last
from neighbours
