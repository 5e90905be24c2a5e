{{ config(materialized="view") }}
with sums as (
    select
        'year_to_date' as basis,
        pupil_id,
        school_urn,
        academic_year,
        period_type,
        period_order,
        is_compulsory_school_age,
        year_group,
        possible_sessions,
        absent_sessions
    from {{ ref("int_year_to_date") }}
    union all
    select
        'period',
        enrolment.pupil_id,
        enrolment.school_urn,
        enrolment.academic_year,
        enrolment.period_type,
        period.period_order,
        enrolment.is_compulsory_school_age,
        coalesce(enrolment.year_group, 'unknown'),
        enrolment.possible_sessions,
        enrolment.absent_sessions
    from {{ ref("int_enrolment_periods") }} as enrolment
    inner join {{ ref("int_year_periods") }} as period
        on
            enrolment.school_urn = period.school_urn
            and enrolment.academic_year = period.academic_year
            and enrolment.period_key = period.period_key
    where enrolment.period_type = 'half_term' and period.period_type = 'half_term'
)

select
    sums.*,
    standing.absence_band,
    standing.band_order,
    standing.is_persistently_absent,
    standing.next_better_band,
    standing.sessions_to_next_band
from sums
left join {{ ref("int_absence_standings") }} as standing
    on
        sums.academic_year = standing.academic_year
        and sums.possible_sessions = standing.possible_sessions
        and sums.absent_sessions = standing.absent_sessions
