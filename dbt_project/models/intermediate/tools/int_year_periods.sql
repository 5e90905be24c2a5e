-- Only periods in which a pupil of the school has a session: a calendar also lists half terms to come. Weeks, of which
-- a year has forty for every pupil, only of the newest academic years.
with begun as (
    select distinct
        school_urn,
        academic_year,
        period_type,
        period_key
    from {{ ref("int_enrolment_period_sums") }}
    where period_type in ('week', 'half_term')
),

kept as (
    select begun.*
    from begun
    where
        begun.period_type = 'half_term'
        or {{ start_year("begun.academic_year") }} > (
            select max({{ start_year("newest.academic_year") }}) from begun as newest
        ) - {{ rule_value("detail_years", "begun.academic_year", kind="academic_year") }}
)

select
    kept.*,
    period.last_day,
    cast(row_number() over periods_of_year as integer) as period_order,
    lag(kept.period_key) over periods_of_year as previous_period_key,
    lead(kept.period_key) over periods_of_year is null as is_latest
from kept
left join {{ ref("int_school_periods") }} as period
    on
        kept.school_urn = period.school_urn
        and kept.period_type = period.period_type
        and kept.period_key = period.period_key
window
    periods_of_year as (
        partition by kept.school_urn, kept.academic_year, kept.period_type
        order by period.last_school_day, kept.period_key
    )
