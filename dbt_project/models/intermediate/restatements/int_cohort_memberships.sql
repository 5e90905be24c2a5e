with groups as (
    select distinct
        enrolment.year_group,
        {%- for column in characteristic_columns() %}
        enrolment.{{ column }},
        {%- endfor %}
        {{ characteristics_key("enrolment") }} as characteristics_key
    from {{ ref("int_enrolment_periods") }} as enrolment
)

{% for dimension in cohort_dimensions() if dimension.has_pupil_counts -%}
{%- set column = dimension.pupil_column -%}
select
    groups.characteristics_key,
    '{{ dimension.cohort_dimension }}' as cohort_dimension,
    {{ "coalesce(groups." ~ column ~ ", 'unknown')" if column else "'all'" }} as cohort
from groups
{{ "union all" if not loop.last }}
{% endfor %}
