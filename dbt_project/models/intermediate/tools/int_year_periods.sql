-- Only periods in which a pupil of the school has a session: a calendar also lists half terms to come.
with begun as (
    select distinct
        school_urn,
        academic_year,
        period_type,
        period_key
    from {{ ref("int_enrolment_period_sums") }}
    where period_type in ('week', 'half_term')
)

select
    begun.*,
    period.last_day,
    cast(row_number() over periods_of_year as integer) as period_order,
    lag(begun.period_key) over periods_of_year as previous_period_key,
    lead(begun.period_key) over periods_of_year is null as is_latest
from begun
left join {{ ref("int_school_periods") }} as period
    on
        begun.school_urn = period.school_urn
        and begun.period_type = period.period_type
        and begun.period_key = period.period_key
window
    periods_of_year as (
        partition by begun.school_urn, begun.academic_year, begun.period_type
        order by period.last_school_day, begun.period_key
    )
