with newest as (
    select
        school_urn,
        max(session_date) as newest_marks_date
    from {{ ref("fct_register_completeness") }}
    where recorded_marks > 0
    group by school_urn
),

running as (
    select
        cohort.school_urn,
        cohort.period_type,
        cohort.period_key,
        cohort.pupils
    from {{ ref("fct_cohorts") }} as cohort
    inner join {{ ref("rpt_periods") }} as period
        on cohort.period_type = period.period_type and cohort.period_key = period.period_key and period.is_default
    where cohort.cohort_dimension = 'all' and cohort.population = 'all'
)

select
    {{ place_columns("place") }},
    place.phase_label,
    case when place.place_type = 'school' then any_value(place.school_urn) end as school_urn,
    case when place.place_type = 'school' then any_value(school.la_code) end as la_code,
    case when place.place_type = 'school' then any_value(school.la_name) end as la_name,
    case when place.place_type = 'school' then any_value(school.region_name) end as region_name,
    cast(count(*) as integer) as schools,
    cast(sum(running.pupils) as bigint) as pupils_now,
    any_value(running.period_type) as period_type,
    any_value(running.period_key) as period_key,
    max(newest.newest_marks_date) as newest_marks_date,
    false as is_suppressed
from {{ ref("int_place_schools") }} as place
inner join {{ ref("dim_school") }} as school on place.school_urn = school.school_urn
left join running on place.school_urn = running.school_urn
left join newest on place.school_urn = newest.school_urn
group by {{ place_columns("place") }}, place.phase_label
