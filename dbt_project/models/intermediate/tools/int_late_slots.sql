-- Weekdays and sessions of the day are sets of sessions: their possible sessions are those of fct_cohorts.
with ages as (
    select
        pupil_id,
        school_urn,
        academic_year,
        is_compulsory_school_age
    from {{ ref("int_enrolment_periods") }}
    where period_type = 'year'
),

slots as (
    {%- for dimension in cohort_dimensions() | rejectattr("has_pupil_counts") | map(attribute="cohort_dimension") %}
    {%- set outer = loop %}
    {%- for period_type in period_types() if period_type != "week" %}
    select
        late.school_urn,
        '{{ period_type }}' as period_type,
        {{ period_key(period_type, "late") }} as period_key,
        populations.population,
        '{{ dimension }}' as cohort_dimension,
        late.{{ dimension }} as cohort,
        {{ sums_of("late", late_sums()) }}
    from {{ ref("int_late_sessions") }} as late
    inner join ages
        on
            late.pupil_id = ages.pupil_id
            and late.school_urn = ages.school_urn
            and late.academic_year = ages.academic_year
    cross join {{ populations() }}
    where ages.is_compulsory_school_age or not populations.is_compulsory_only
    group by all
    {{ "union all" if not (loop.last and outer.last) }}
    {%- endfor %}
    {%- endfor %}
)

select
    cohort.school_urn,
    cohort.academic_year,
    cohort.period_type,
    cohort.period_key,
    cohort.population,
    cohort.cohort_dimension,
    cohort.cohort,
    {%- for column in late_sums() %}
    coalesce(slots.{{ column }}, 0) as {{ column }},
    {%- endfor %}
    cohort.possible_sessions
from {{ ref("fct_cohorts") }} as cohort
left join slots
    on
        cohort.school_urn = slots.school_urn
        and cohort.period_type = slots.period_type
        and cohort.period_key = slots.period_key
        and cohort.population = slots.population
        and cohort.cohort_dimension = slots.cohort_dimension
        and cohort.cohort = slots.cohort
inner join {{ ref("cohort_dimensions") }} as dimension
    on cohort.cohort_dimension = dimension.cohort_dimension and not dimension.has_pupil_counts
where cohort.period_type in {{ longer_period_types() }}
