-- A trip, a play or an outbreak puts a whole year group's sessions of a day under one code: those go together as one
-- pupil's do. Days without the code count through the sum over all days, which is in every row of the school's period.
with cells as (
    select
        counts.school_urn,
        counts.academic_year,
        counts.half_term,
        counts.term,
        counts.session_date,
        counts.year_group_week as year_group,
        population.population,
        counts.code,
        cast(sum(counts.sessions) as bigint) as sessions,
        cast(sum(counts.possible_sessions) as bigint) as possible_sessions
    from {{ ref("int_session_counts") }} as counts
    inner join (values ('all'), ('compulsory_school_age')) as population (population)
        on population.population = 'all' or counts.is_compulsory_school_age
    group by all
),

days as (
    select
        * exclude (possible_sessions),
        sum(possible_sessions) over (
            partition by school_urn, session_date, year_group, population
        ) as possible_sessions,
        row_number() over (partition by school_urn, session_date, year_group, population order by code) = 1 as is_first
    from cells
),

summed as (
    {%- for period_type in period_types() if period_type != "week" %}
    select
        days.school_urn,
        days.academic_year,
        '{{ period_type }}' as period_type,
        {{ period_key(period_type, "days") }} as period_key,
        days.population,
        days.code,
        sum(days.sessions * days.sessions) as squared_sessions,
        sum(days.sessions * days.possible_sessions) as sessions_times_possible,
        sum(days.possible_sessions * days.possible_sessions) filter (where days.is_first) as squared_first
    from days
    group by all
    {{ "union all" if not loop.last }}
    {%- endfor %}
)

select
    * exclude (squared_first),
    sum(squared_first) over (
        partition by school_urn, period_type, period_key, population
    ) as squared_possible_sessions
from summed
