-- What: the pupils, and the persistently absent among them, after one step are those before the next; and the
--   persistently absent after each week are those of fct_pupil_weeks.
-- When it matters: newly in and newly out would not explain how the number changed.
-- How to mend: int_persistent_moves must give every enrolment exactly one movement in each step.
with chained as (
    select
        step.*,
        lag(step.pupils) over steps as pupils_before,
        lag(step.persistently_absent_pupils) over steps as persistently_absent_before,
        lag(step.period_key) over steps as period_before
    from {{ ref("fct_persistent_absence_movement") }} as step
    left join {{ ref("int_year_periods") }} as period
        on
            step.school_urn = period.school_urn
            and step.academic_year = period.academic_year
            and step.period_type = period.period_type
            and step.period_key = period.period_key
    window
        steps as (
            partition by step.school_urn, step.academic_year, step.period_type, step.population
            order by period.period_order
        )
),

weeks as (
    select
        school_urn,
        academic_year,
        cast(week_start as varchar) as period_key,
        count(*) filter (where is_persistently_absent) as persistently_absent_pupils
    from {{ ref("fct_pupil_weeks") }}
    group by all
)

select
    chained.school_urn,
    chained.period_key,
    chained.population
from chained
left join weeks
    on
        chained.school_urn = weeks.school_urn
        and chained.academic_year = weeks.academic_year
        and chained.period_key = weeks.period_key
        and chained.period_type = 'week'
        and chained.population = 'all'
where
    (
        chained.period_before = chained.previous_period_key
        and (
            chained.pupils_before != chained.previous_pupils
            or chained.persistently_absent_before != chained.previous_persistently_absent_pupils
        )
    )
    or weeks.persistently_absent_pupils != chained.persistently_absent_pupils
