{%- set pupil_counts = ["pupils", "persistently_absent_pupils", "severely_absent_pupils"] -%}
with by_age as (
    {%- for dimension in cohort_dimensions() if dimension.has_pupil_counts %}
    {%- set column = dimension.pupil_column %}
    select
        enrolment.school_urn,
        enrolment.academic_year,
        enrolment.period_type,
        enrolment.period_key,
        enrolment.is_compulsory_school_age,
        '{{ dimension.cohort_dimension }}' as cohort_dimension,
        {{ "coalesce(enrolment." ~ column ~ ", 'unknown')" if column else "'all'" }} as cohort,
        count(*) filter (where enrolment.possible_sessions > 0) as pupils,
        count(*) filter (where enrolment.is_persistently_absent) as persistently_absent_pupils,
        count(*) filter (where enrolment.is_severely_absent) as severely_absent_pupils,
        {{ sums_of("enrolment", session_sums()) }}
    from {{ ref("int_enrolment_periods") }} as enrolment
    group by all
    union all
    {%- endfor %}
    select * from {{ ref("int_session_cohorts") }}
),

by_population as (
    select
        *,
        'all' as population
    from by_age
    union all
    select
        *,
        'compulsory_school_age' as population
    from by_age
    where is_compulsory_school_age
),

summed as (
    select
        by_population.school_urn,
        by_population.academic_year,
        by_population.period_type,
        by_population.period_key,
        by_population.population,
        by_population.cohort_dimension,
        by_population.cohort,
        {{ sums_of("by_population", pupil_counts + session_sums()) }}
    from by_population
    group by all
)

select
    *,
    {{ percent("late_sessions", "possible_sessions") }} as late_percent,
    {{ measure_percents() }}
from summed
