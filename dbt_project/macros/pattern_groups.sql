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

{#-
    Sums over the pupils of every group, as a CTE and the select that spreads it over the populations. `sums` are terms
    of the relations `counted` (the model, by pupil_id and period_no) and `enrolment`. Each dimension joins for itself:
    tens of millions of rows go through here, and this way each carries one cohort instead of all.
-#}
{%- macro sums_by_group(model, keys, sums) -%}
by_age as (
    {%- for dimension in group_dimensions() %}
    select
        enrolment.school_urn,
        enrolment.academic_year,
        counted.period_no,
        enrolment.is_compulsory_school_age,
        '{{ dimension.cohort_dimension }}' as cohort_dimension,
        enrolment."{{ dimension.cohort_dimension }}" as cohort,
        counted.{{ keys | join(", counted.") }},
        {%- for name, term in sums.items() %}
        sum({{ term }}) as {{ name }}{{ "," if not loop.last }}
        {%- endfor %}
    from {{ ref(model) }} as counted
    inner join {{ ref("int_pattern_enrolments") }} as enrolment
        on counted.pupil_id = enrolment.pupil_id and counted.period_no = enrolment.period_no
    group by all
    {{ "union all" if not loop.last }}
    {%- endfor %}
)

select
    by_age.school_urn,
    by_age.academic_year,
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

{#- Sums for the difference of two rates of the same pupils: in a slot, in the rest, and of each product. -#}
{%- macro slot_sums() -%}
    {%- set terms = {
        "a": "counted.a",
        "p": "counted.p",
        "b": "(enrolment.absent_sessions - counted.a)",
        "q": "(enrolment.possible_sessions - counted.p)",
    } -%}
    {%- set sums = {"pupils": "case when enrolment.possible_sessions > 0 then 1 else 0 end"} -%}
    {%- for x in terms -%}
        {%- do sums.update({x: terms[x]}) -%}
        {%- for y in (terms | list)[loop.index0:] -%}
            {%- do sums.update({x ~ y: terms[x] ~ " * " ~ terms[y]}) -%}
        {%- endfor -%}
    {%- endfor -%}
    {{ return(sums) }}
{%- endmacro -%}
