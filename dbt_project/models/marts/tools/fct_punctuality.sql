{%- set sums = ["possible_sessions"] + late_sums() -%}
with by_age as (
    {%- for dimension in cohort_dimensions() if dimension.has_pupil_counts %}
    {%- set column = dimension.pupil_column %}
    select
        late.school_urn,
        late.academic_year,
        late.period_type,
        late.period_key,
        late.is_compulsory_school_age,
        '{{ dimension.cohort_dimension }}' as cohort_dimension,
        {{ "coalesce(late." ~ column ~ ", 'unknown')" if column else "'all'" }} as cohort,
        count(*) filter (where late.has_possible_session) as pupils,
        count(*) filter (where late.is_late_once) as late_pupils,
        count(*) filter (where late.is_persistently_late) as persistently_late_pupils,
        {{ sums_of("late", sums) }}
    from {{ ref("int_measure_periods") }} as late
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
        {{ sums_of("by_age", ["pupils", "late_pupils", "persistently_late_pupils"] + sums) }}
    from by_age
    cross join {{ populations() }}
    where by_age.is_compulsory_school_age or not populations.is_compulsory_only
    group by all
    union all by name
    select * from {{ ref("int_late_slots") }}
)

select
    *,
    late_sessions - minutes_known_sessions as minutes_unknown_sessions,
    {{ percent("late_before_close_sessions", "possible_sessions") }} as late_before_close_percent,
    {{ percent("late_after_close_sessions", "possible_sessions") }} as late_after_close_percent,
    {{ percent("late_sessions", "possible_sessions") }} as late_percent
from summed
