{#- The dimensions of pupils' groups (seed pupil_groups) and that of all pupils: rows of cohort_dimensions. -#}
{%- macro group_dimensions() -%}
    {%- set groups = seed_rows(ref("pupil_groups"), "cohort_dimension") | map(attribute="cohort_dimension") | list -%}
    {%- set dimensions = [] -%}
    {%- for dimension in cohort_dimensions() if dimension.has_pupil_counts -%}
        {%- if not dimension.pupil_column or dimension.cohort_dimension in groups -%}
            {%- do dimensions.append(dimension) -%}
        {%- endif -%}
    {%- endfor -%}
    {{ return(dimensions) }}
{%- endmacro -%}

{#- What an enrolment counts under in a period, beside what patterns are looked for in. -#}
{%- macro pattern_characteristics() -%}
    enrolment.is_compulsory_school_age,
    {%- for column in characteristic_columns() %}
    enrolment.{{ column }},
    {%- endfor %}
    enrolment.year_group
{%- endmacro -%}

{%- macro join_pattern_enrolments(relation) -%}
inner join {{ ref("int_enrolment_periods") }} as enrolment
    on
        {{ relation }}.pupil_id = enrolment.pupil_id
        and {{ relation }}.school_urn = enrolment.school_urn
        and {{ relation }}.period_type = enrolment.period_type
        and {{ relation }}.period_key = enrolment.period_key
inner join {{ ref("int_pattern_periods") }} as period
    on
        {{ relation }}.school_urn = period.school_urn
        and {{ relation }}.period_type = period.period_type
        and {{ relation }}.period_key = period.period_key
{%- endmacro -%}

{#-
    Sums over the pupils of every group, as a CTE and the select that spreads it over the populations. Grouped by short
    keys: tens of millions of rows go through here, and names join the few thousand sums that come out.
-#}
{%- macro sums_by_group(model, keys, sums) -%}
by_age as (
    {%- for dimension in group_dimensions() %}
    {%- set column = dimension.pupil_column %}
    select
        period_no,
        is_compulsory_school_age,
        '{{ dimension.cohort_dimension }}' as cohort_dimension,
        {{ "coalesce(" ~ column ~ ", 'unknown')" if column else "'all'" }} as cohort,
        {{ keys | join(", ") }},
        {%- for name, term in sums.items() %}
        sum({{ term }}) as {{ name }}{{ "," if not loop.last }}
        {%- endfor %}
    from {{ ref(model) }}
    group by all
    {{ "union all" if not loop.last }}
    {%- endfor %}
)

select
    by_age.period_no,
    populations.population,
    by_age.cohort_dimension,
    by_age.cohort,
    by_age.{{ keys | join(", by_age.") }},
    {%- for name in sums %}
    sum(by_age.{{ name }}) as {{ name }}{{ "," if not loop.last }}
    {%- endfor %}
from by_age
cross join {{ populations() }}
where by_age.is_compulsory_school_age or not populations.is_compulsory_only
group by all
{%- endmacro -%}
