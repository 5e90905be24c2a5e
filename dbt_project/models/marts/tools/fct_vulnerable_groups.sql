{%- set sums = [
    "pupils", "persistently_absent_pupils", "possible_sessions", "absent_sessions", "absent_squared",
    "absent_by_possible", "possible_squared"
] -%}
with summed as (
    select
        cell.school_urn,
        cell.academic_year,
        cell.period_type,
        cell.period_key,
        populations.population,
        cell.cohort_dimension,
        {%- for column in sums %}
        sum(cell.{{ column }}) as {{ column }},
        {%- endfor %}
        cell.cohort
    from {{ ref("int_cohort_year_groups") }} as cell
    inner join {{ ref("pupil_groups") }} as pupil_group on cell.cohort_dimension = pupil_group.cohort_dimension
    cross join {{ populations() }}
    where cell.is_compulsory_school_age or not populations.is_compulsory_only
    group by all
),

beside_school as (
    select
        {%- for column in sums %}
        sum({{ column }}) over school as school_{{ column }},
        {%- endfor %}
        *
    from summed
    window school as (partition by school_urn, period_type, period_key, population, cohort_dimension)
),

thresholds as (
    select
        years.academic_year,
        {{ rule_values(
            ["suppression_minimum_pupils", "interval_standard_errors"], "years.academic_year", kind="academic_year"
        ) }}
    from (select distinct academic_year from summed) as years
),

judged as (
    select
        beside_school.*,
        case
            when beside_school.pupils < threshold.suppression_minimum_pupils then 'too_few_pupils'
            when beside_school.pupils = beside_school.school_pupils then 'whole_school'
            when beside_school.absent_sessions = 0 then 'no_absence'
            when names.is_rest then 'rest_of_pupils'
            else 'assessed'
        end as status,
        {{ representation_variance("beside_school") }} as log_index_variance,
        threshold.interval_standard_errors
    from beside_school
    left join thresholds as threshold on beside_school.academic_year = threshold.academic_year
    left join {{ ref("cohort_names") }} as names
        on beside_school.cohort_dimension = names.cohort_dimension and beside_school.cohort = names.cohort
),

estimated as (
    select
        *,
        cast(absent_sessions as double) * school_possible_sessions
        / nullif(cast(possible_sessions as double) * school_absent_sessions, 0) as representation_index,
        case
            when status in ('assessed', 'rest_of_pupils') then interval_standard_errors * sqrt(log_index_variance)
        end as log_half_width
    from judged
)

select
    school_urn,
    academic_year,
    period_type,
    period_key,
    population,
    cohort_dimension,
    cohort,
    {%- for column in sums[:4] %}
    cast({{ column }} as integer) as {{ column }},
    cast(school_{{ column }} as integer) as school_{{ column }},
    {%- endfor %}
    {{ percent("absent_sessions", "school_absent_sessions") }} as share_of_absence_percent,
    {{ percent("possible_sessions", "school_possible_sessions") }} as share_of_possible_percent,
    representation_index,
    representation_index * exp(-log_half_width) as index_low,
    representation_index * exp(log_half_width) as index_high,
    {{ percent("pupils", "school_pupils") }} as share_of_pupils_percent,
    {{ percent("persistently_absent_pupils", "school_persistently_absent_pupils") }}
        as share_of_persistent_absence_percent,
    status,
    status = 'assessed' and coalesce(representation_index * exp(-log_half_width) > 1, false) as is_disproportionate
from estimated
