-- A school's figure by the definition of the series that it is set against.
{% for measure in measures() -%}
select
    found.school_urn,
    found.academic_year,
    found.period_type,
    found.period_key,
    found.series,
    found.definition,
    '{{ measure.measure }}' as measure,
    found.{{ measure.percent_column }} as definition_percent
from {{ ref("fct_definitions") }} as found
where found.series is not null
{{ "union all" if not loop.last }}
{% endfor %}
