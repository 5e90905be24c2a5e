-- Short numbers of the three periods that a school's half term belongs to.
{%- set longer = period_types() | reject("equalto", "week") | list %}
select
    half_term.school_urn,
    half_term.academic_year,
    half_term.half_term,
    {%- for period_type in longer %}
    period_{{ period_type }}.period_no as {{ period_type }}_no{{ "," if not loop.last }}
    {%- endfor %}
from {{ ref("int_half_terms") }} as half_term
{%- for period_type in longer %}
inner join {{ ref("int_pattern_periods") }} as period_{{ period_type }}
    on
        half_term.school_urn = period_{{ period_type }}.school_urn
        and period_{{ period_type }}.period_type = '{{ period_type }}'
        and {{ period_key(period_type, "half_term") }} = period_{{ period_type }}.period_key
        and period_{{ period_type }}.has_patterns
{%- endfor %}
