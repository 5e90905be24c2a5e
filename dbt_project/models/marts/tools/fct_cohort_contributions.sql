{%- set sums = ["pupils", "persistently_absent_pupils", "possible_sessions", "absent_sessions"] -%}
with cells as (
    select
        cell.school_urn,
        cell.academic_year,
        cell.period_type,
        cell.period_key,
        populations.population,
        cell.cohort_dimension,
        cell.cohort,
        case when whole.is_whole then 'all' else cell.year_group end as year_group,
        {{ sums_of("cell", sums) }}
    from {{ ref("int_cohort_year_groups") }} as cell
    cross join {{ populations() }}
    cross join (values (true), (false)) as whole (is_whole)
    where cell.is_compulsory_school_age or not populations.is_compulsory_only
    group by all
),

wholes as (
    select
        {%- for column in sums %}
        cast(sum({{ column }}) over of_year_group as integer) as year_group_{{ column }},
        cast(sum({{ column }}) filter (where year_group = 'all') over of_school as integer) as school_{{ column }},
        {%- endfor %}
        *
    from cells
    window
        of_year_group as (
            partition by school_urn, period_type, period_key, population, cohort_dimension, year_group
        ),
        of_school as (partition by school_urn, period_type, period_key, population, cohort_dimension)
)

select
    *,
    {{ percent("absent_sessions", "year_group_absent_sessions") }} as share_of_year_group_absence_percent,
    {{ percent("absent_sessions", "school_absent_sessions") }} as share_of_school_absence_percent,
    {{ percent("persistently_absent_pupils", "year_group_persistently_absent_pupils") }}
        as share_of_year_group_persistent_absence_percent,
    {{ percent("persistently_absent_pupils", "school_persistently_absent_pupils") }}
        as share_of_school_persistent_absence_percent,
    {{ percent("pupils", "year_group_pupils") }} as share_of_year_group_pupils_percent,
    {{ percent("pupils", "school_pupils") }} as share_of_school_pupils_percent,
    {{ percent("possible_sessions", "school_possible_sessions") }} as share_of_school_possible_percent
from wholes
