{#- The additive session counts that every fact carries from int_enrolment_weeks upwards. -#}
{%- macro session_sums() -%}
    {{ return([
        "possible_sessions", "attended_sessions", "absent_sessions", "authorised_sessions",
        "unauthorised_sessions", "late_sessions", "missing_sessions", "quarantined_sessions",
    ]) }}
{%- endmacro -%}

{#- Which rows of fct_sessions each of them counts. -#}
{%- macro session_conditions(relation="") -%}
    {%- set r = relation ~ "." if relation else "" -%}
    {{ return({
        "possible_sessions": r ~ "is_possible",
        "attended_sessions": r ~ "is_attended",
        "absent_sessions": r ~ "is_absent",
        "authorised_sessions": r ~ "is_authorised_absence",
        "unauthorised_sessions": r ~ "is_unauthorised_absence",
        "late_sessions": r ~ "is_late",
        "missing_sessions": r ~ "mark_status = 'missing'",
        "quarantined_sessions": r ~ "mark_status = 'quarantined'",
    }) }}
{%- endmacro -%}

{#- The same counts from single sessions. -#}
{%- macro count_sessions() -%}
    {%- for name, condition in session_conditions().items() %}
    cast(count(*) filter (where {{ condition }}) as integer) as {{ name }}{{ "," if not loop.last }}
    {%- endfor %}
{%- endmacro -%}

{#- The columns of a relation, as they are, in a select list. -#}
{%- macro columns_of(relation, columns) -%}
    {%- for column in columns %}
    {{ relation }}.{{ column }}{{ "," if not loop.last }}
    {%- endfor %}
{%- endmacro -%}

{#- Sums of whole numbers under the names they had. -#}
{%- macro sums_of(relation, columns) -%}
    {%- for column in columns %}
    cast(sum({{ relation }}.{{ column }}) as integer) as {{ column }}{{ "," if not loop.last }}
    {%- endfor %}
{%- endmacro -%}

{#- The percentage of every measure, from its numerator and denominator. -#}
{%- macro measure_percents() -%}
    {%- for measure in measures() %}
    {{ percent(measure.numerator_column, measure.denominator_column) }} as {{ measure.percent_column }}
    {{- "," if not loop.last }}
    {%- endfor %}
{%- endmacro -%}

{#- The counts by which one year of a pupil is set against the next. -#}
{%- macro transition_sums() -%}
    {{ return([
        "possible_sessions", "attended_sessions", "absent_sessions", "authorised_sessions", "unauthorised_sessions",
    ]) }}
{%- endmacro -%}
