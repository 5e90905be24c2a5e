with by_age as (
    {%- for dimension, column in analysis_dimensions() %}
    select
        measured.school_urn,
        measured.academic_year,
        measured.period_type,
        measured.period_key,
        measured.is_compulsory_school_age,
        '{{ dimension }}' as cohort_dimension,
        {{ "coalesce(measured." ~ column ~ ", 'unknown')" if column else "'all'" }} as cohort,
        count(*) filter (where measured.has_possible_session) as pupils,
        {{ sums_of("measured", analysis_sums()) }}
    from {{ ref("int_measure_periods") }} as measured
    group by all
    {{ "union all" if not loop.last }}
    {%- endfor %}
),

summed as (
    select
        by_age.school_urn,
        by_age.academic_year,
        by_age.period_type,
        by_age.period_key,
        populations.population,
        by_age.cohort_dimension,
        by_age.cohort,
        {{ sums_of("by_age", ["pupils"] + analysis_sums()) }}
    from by_age
    cross join {{ populations() }}
    where by_age.is_compulsory_school_age or not populations.is_compulsory_only
    group by all
)

select
    *,
    {{ percent("authorised_sessions", "possible_sessions") }} as authorised_absence_percent,
    {{ percent("unauthorised_sessions", "possible_sessions") }} as unauthorised_absence_percent,
    {{ percent("truancy_sessions", "possible_sessions") }} as truancy_percent,
    {{ percent("late_sessions", "possible_sessions") }} as late_percent
from summed
