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
)

select
    span.pupil_id,
    span.school_urn,
    span.academic_year,
    span.period_type,
    period.period_key,
    period.period_order,
    span.is_compulsory_school_age,
    last_value(
        case when enrolment.pupil_id is not null then coalesce(enrolment.year_group, 'unknown') end ignore nulls
    ) over to_date as year_group,
    {%- for column in ["possible_sessions", "absent_sessions"] %}
    cast(sum(coalesce(enrolment.{{ column }}, 0)) over to_date as integer) as {{ column }}{{ "," if not loop.last }}
    {%- endfor %}
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
window
    to_date as (
        partition by span.pupil_id, span.school_urn, span.academic_year, span.period_type
        order by period.period_order
        rows between unbounded preceding and current row
    )
