-- Every code and barrier that the school has in the period stands beside every group, also where the group has none.
with school_items as (
    select
        period_no,
        population,
        finding,
        item,
        sum(sessions) as sessions,
        sum(sessions_squared) as sessions_squared,
        sum(sessions_by_possible) as sessions_by_possible
    from {{ ref("int_group_items") }}
    where cohort_dimension = 'all'
    group by all
),

paired as (
    select
        pupils_of_group.*,
        {%- for column in ["sessions", "sessions_squared", "sessions_by_possible"] %}
        coalesce(own.{{ column }}, 0) as {{ column }},
        school.{{ column }} - coalesce(own.{{ column }}, 0) as rest_{{ column }},
        {%- endfor %}
        school.finding,
        school.item
    from {{ ref("int_pattern_groups") }} as pupils_of_group
    inner join school_items as school
        on
            pupils_of_group.period_no = school.period_no
            and pupils_of_group.population = school.population
    left join {{ ref("int_group_items") }} as own
        on
            pupils_of_group.period_no = own.period_no
            and pupils_of_group.population = own.population
            and pupils_of_group.cohort_dimension = own.cohort_dimension
            and pupils_of_group.cohort = own.cohort
            and school.finding = own.finding
            and school.item = own.item
)

select
    school_urn,
    academic_year,
    period_type,
    period_key,
    population,
    cohort_dimension,
    cohort,
    finding,
    item,
    pupils,
    sessions,
    possible_sessions,
    rest_sessions as compared_sessions,
    rest_possible_sessions as compared_possible_sessions,
    {{ percent("sessions", "possible_sessions") }} - {{ percent("rest_sessions", "rest_possible_sessions") }}
        as difference_percentage_points,
    100 * interval_standard_errors * sqrt(
        {{ rate_variance(
            "pupils", "sessions", "possible_sessions", "sessions_squared", "sessions_by_possible", "possible_squared"
        ) }}
        + {{ rate_variance(
            "rest_pupils", "rest_sessions", "rest_possible_sessions", "rest_sessions_squared",
            "rest_sessions_by_possible", "rest_possible_squared"
        ) }}
    ) as half_width,
    cast(null as integer) as points,
    case
        when is_too_few then 'too_few_pupils'
        when rest_pupils = 0 then 'whole_school'
        when rest_pupils < suppression_minimum_pupils then 'too_few_others'
        else 'assessed'
    end as status
from paired
