-- Groups of pupils are set against other schools by half term, term and year; week by week only the school as a whole.
with cohorts as (
    select cohort.*
    from {{ ref("fct_cohorts") }} as cohort
    inner join {{ ref("cohort_dimensions") }} as dimension on cohort.cohort_dimension = dimension.cohort_dimension
    where
        cohort.cohort_dimension = 'all'
        or (dimension.is_compared_across_schools and cohort.period_type != 'week')
)

{% for measure in measures() -%}
select
    cohorts.school_urn,
    cohorts.academic_year,
    cohorts.period_type,
    cohorts.period_key,
    cohorts.population,
    cohorts.cohort_dimension,
    cohorts.cohort,
    '{{ measure.measure }}' as measure,
    cohorts.{{ measure.numerator_column }} as numerator,
    cohorts.{{ measure.denominator_column }} as denominator,
    cohorts.{{ measure.percent_column }} as school_percent
from cohorts
where cohorts.{{ measure.denominator_column }} is not null
{{ "union all" if not loop.last }}
{% endfor %}
