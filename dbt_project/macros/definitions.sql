{#- The periods that definitions are compared over: long enough for figures about pupils. -#}
{%- macro definition_period_types() -%}
    {{ return(["half_term", "term", "year"]) }}
{%- endmacro -%}

{#- What a row of int_definition_slices counts; every column adds up over slices. -#}
{%- macro definition_sums() -%}
    {{ return([
        "enrolments", "pupils", "possible_sessions", "attended_sessions", "absent_sessions", "authorised_sessions",
        "unauthorised_sessions", "late_sessions", "persistently_absent_pupils", "severely_absent_pupils",
    ]) }}
{%- endmacro -%}

{#- Which slices each step of the seed definition_steps takes out, from the columns of int_definition_slices. -#}
{%- macro definition_conditions() -%}
    {{ return({
        "age_unknown": "is_age_unknown",
        "under_age": "is_under_age",
        "over_age": "is_over_age",
        "last_half_term": "is_last_half_term",
        "late_start": "is_late_start",
        "no_possible_session": "is_without_possible_session",
        "small_school": "is_small_school",
        "few_possible_sessions": "has_few_possible_sessions",
    }) }}
{%- endmacro -%}

{#- The percentage of every measure in the rows that fit a condition, NULL in the others. -#}
{%- macro measure_percents_where(condition) -%}
    {%- for measure in measures() %}
    case
        when {{ condition }} then {{ percent(measure.numerator_column, measure.denominator_column) }}
    end as {{ measure.percent_column }}
    {{- "," if not loop.last }}
    {%- endfor %}
{%- endmacro -%}

{#- True where a row of the seed definitions holds in an academic year, which counts by its 1 September. -#}
{%- macro definition_in_force(relation, academic_year) -%}
    (
        {{ relation }}.valid_from <= make_date({{ start_year(academic_year) }}, 9, 1)
        and ({{ relation }}.valid_to is null or {{ relation }}.valid_to >= make_date({{ start_year(academic_year) }}, 9, 1))
    )
{%- endmacro -%}

{#- Sums of columns, each row counted as often as its weight says, under the names the columns had. -#}
{%- macro weighed_sums_of(columns, weight) -%}
    {%- for column in columns %}
    cast(sum({{ weight }} * {{ column }}) as integer) as {{ column }}{{ "," if not loop.last }}
    {%- endfor %}
{%- endmacro -%}
