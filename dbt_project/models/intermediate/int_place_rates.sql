{%- set measures = session_measures() -%}
{%- set longer = longer_period_types() -%}
-- Cohorts that mean the same at every school: year groups, and groups of pupils who are set against everyone else.
with compared_cohorts as (
    select
        dimension.cohort_dimension,
        dimension.dimension_order,
        names.cohort,
        names.display_name,
        names.cohort_order
    from {{ ref("cohort_names") }} as names
    inner join {{ ref("cohort_dimensions") }} as dimension on names.cohort_dimension = dimension.cohort_dimension
    where
        not names.is_rest
        and dimension.has_pupil_counts
        and names.cohort_dimension in (
            select about.cohort_dimension
            from {{ ref("cohort_names") }} as about
            where about.is_rest
        )
    union all
    select
        dimension.cohort_dimension,
        dimension.dimension_order,
        years.year_group,
        years.display_name,
        years.year_group_order
    from {{ ref("year_groups") }} as years
    inner join {{ ref("cohort_dimensions") }} as dimension on dimension.cohort_dimension = 'year_group'
    union all
    select
        cohort_dimension,
        dimension_order,
        'all' as cohort,
        display_name,
        0 as cohort_order
    from {{ ref("cohort_dimensions") }}
    where cohort_dimension = 'all'
),

summed as (
    select
        {{ place_columns("place") }},
        cohort.academic_year,
        cohort.period_type,
        cohort.period_key,
        cohort.cohort_dimension,
        cohort.cohort,
        any_value(compared.display_name) as cohort_label,
        {%- for column in cohort_sums() %}
        cast(sum(cohort.{{ column }}) as bigint) as {{ column }},
        {%- endfor %}
        any_value(100 * compared.dimension_order + compared.cohort_order) as cohort_order
    from {{ ref("fct_cohorts") }} as cohort
    inner join compared_cohorts as compared
        on cohort.cohort_dimension = compared.cohort_dimension and cohort.cohort = compared.cohort
    inner join {{ ref("int_place_schools") }} as place
        on cohort.school_urn = place.school_urn and place.place_type in ('school', 'phase')
    where
        cohort.population = 'all'
        and (cohort.period_type in {{ longer }} or cohort.cohort_dimension = 'all')
    group by all
),

rates as (
    {%- for measure, (numerator, denominator) in measures.items() %}
    select
        summed.* exclude ({{ cohort_sums() | join(", ") }}),
        '{{ measure }}' as measure,
        {{ "true" if denominator == "pupils" else "false" }} as is_of_pupils,
        {{ numerator }} as numerator,
        {{ denominator }} as denominator
    from summed
    {%- if denominator == "pupils" %}
    -- Over a week one day away is a fifth of the sessions.
    where period_type in {{ longer }}
    {%- endif %}
    {{ "union all" if not loop.last }}
    {%- endfor %}
),

thresholds as (
    select
        years.academic_year,
        {{ rule_values(["comparison_standard_errors"], "years.academic_year", kind="academic_year") }}
    from (select distinct academic_year from summed) as years
)

select
    rates.*,
    {%- for side, sign in {"low": "-", "high": "+"}.items() %}
    {{ rate_limit(
        "rates.numerator", "rates.denominator", "coalesce(dispersion.dispersion, 1)",
        "thresholds.comparison_standard_errors", sign
    ) }} as {{ side }}_percent,
    {%- endfor %}
    {{ percent("rates.numerator", "rates.denominator") }} as own_percent
from rates
left join {{ ref("int_rate_dispersion") }} as dispersion
    on
        rates.phase = dispersion.phase
        and rates.period_type = dispersion.period_type
        and rates.period_key = dispersion.period_key
        and rates.measure = dispersion.measure
left join thresholds on rates.academic_year = thresholds.academic_year
where rates.denominator > 0
