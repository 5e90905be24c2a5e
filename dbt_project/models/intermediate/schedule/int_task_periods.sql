-- Grain: one row per calendar (a school's, or the trust's with school_urn NULL), cadence and period that a task can be
-- for. A fortnight is two school weeks that follow each other, counted from the start of the academic year.
with keyed as (
    select
        calendar.*,
        cadences.cadence,
        case cadences.cadence
            when 'daily' then cast(calendar.school_day as varchar)
            when 'weekly' then cast(calendar.week_start as varchar)
            when 'fortnightly' then cast(min(calendar.week_start) over fortnight as varchar)
            when 'half_termly' then calendar.academic_year || ' ' || calendar.half_term
            when 'termly' then calendar.academic_year || ' ' || calendar.term
            when 'yearly' then calendar.academic_year
        end as period_key
    from {{ ref("int_task_calendar") }} as calendar
    cross join {{ ref("task_cadences") }} as cadences
    window fortnight as (
        partition by
            cadences.cadence,
            calendar.school_urn,
            calendar.academic_year,
            cast(floor((calendar.week_number - 1) / 2) as integer)
    )
)

select
    school_urn,
    cadence,
    period_key,
    min(school_day) as first_day,
    max(school_day) as last_day,
    max(day_number) as last_day_number,
    max_by(last_session, school_day) as last_session
from keyed
where period_key is not null
group by school_urn, cadence, period_key
