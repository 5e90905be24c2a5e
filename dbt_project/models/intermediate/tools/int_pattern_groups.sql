-- Every group of every period with patterns, beside the rest of its school.
{%- set sums = ["pupils", "possible_sessions", "absent_sessions", "possible_squared"] %}
with summed as (
    select
        period.period_no,
        period.half_term_number,
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
    inner join {{ ref("int_pattern_periods") }} as period
        on
            cell.school_urn = period.school_urn
            and cell.period_type = period.period_type
            and cell.period_key = period.period_key
            and period.has_patterns
    cross join {{ populations() }}
    where
        (cell.is_compulsory_school_age or not populations.is_compulsory_only)
        and cell.cohort_dimension in ('{{ group_dimensions() | map(attribute="cohort_dimension") | join("', '") }}')
    group by all
),

thresholds as (
    select
        years.academic_year,
        {{ rule_values(
            ["suppression_minimum_pupils", "interval_standard_errors"], "years.academic_year", kind="academic_year"
        ) }}
    from (select distinct academic_year from summed) as years
)

select
    summed.*,
    {%- for column in sums %}
    sum(summed.{{ column }}) over school - summed.{{ column }} as rest_{{ column }},
    {%- endfor %}
    threshold.interval_standard_errors,
    threshold.suppression_minimum_pupils,
    summed.pupils < threshold.suppression_minimum_pupils as is_too_few
from summed
left join thresholds as threshold on summed.academic_year = threshold.academic_year
window
    school as (partition by summed.period_no, summed.population, summed.cohort_dimension)
