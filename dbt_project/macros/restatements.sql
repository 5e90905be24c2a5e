{#- What tells one published cell from another. -#}
{%- macro cell_keys() -%}
    {{ return(["school_urn", "academic_year", "period_type", "period_key", "population", "cohort_dimension", "cohort"]) }}
{%- endmacro -%}

{#- The whole numbers of a cell, of which every measure is made. -#}
{%- macro cell_parts() -%}
    {{ return(["pupils", "persistently_absent_pupils", "severely_absent_pupils"] + session_sums()) }}
{%- endmacro -%}

{#- Equal keys in two relations, for a join. Keys of cells are never NULL. -#}
{%- macro same(left, right, columns) -%}
    {%- for column in columns %}{{ left }}.{{ column }} = {{ right }}.{{ column }}{{ " and " if not loop.last }}{% endfor -%}
{%- endmacro -%}

{#- The same for columns that may be NULL on both sides. -#}
{%- macro same_or_null(left, right, columns) -%}
    {%- for column in columns %}{{ left }}.{{ column }} is not distinct from {{ right }}.{{ column }}{{ " and " if not loop.last }}{% endfor -%}
{%- endmacro -%}

{#- True where one of the columns differs between two relations. -#}
{%- macro any_differs(left, right, columns) -%}
    (
        {%- for column in columns %}
        {{ left }}.{{ column }} is distinct from {{ right }}.{{ column }}{{ " or" if not loop.last }}
        {%- endfor %}
    )
{%- endmacro -%}

{#- One number for everything by which a pupil's groups are decided. Equal numbers, equal groups. -#}
{%- macro characteristics_key(relation) -%}
    hash({{ relation }}.year_group
        {%- for column in characteristic_columns() %}, {{ relation }}.{{ column }}{% endfor -%}
    )
{%- endmacro -%}

{#- A rule as the previous release had it, in an academic year. -#}
{%- macro previous_rule_value(rule_name, academic_year) -%}
    (
        select rule.value
        from {{ source("previous", "rules") }} as rule
        where
            rule.rule_name = '{{ rule_name }}'
            and rule.valid_from <= make_date({{ start_year(academic_year) }}, 9, 1)
            and (rule.valid_to is null or rule.valid_to >= make_date({{ start_year(academic_year) }}, 9, 1))
    )
{%- endmacro -%}

{#- A list of columns, or conditions, that are alike but for a name: {c} stands for it. -#}
{%- macro each(names, text, between=",") -%}
    {%- for name in names %}
    {{ text | replace("{c}", name) }}{{ ("," if between == "," else " " ~ between) if not loop.last }}
    {%- endfor %}
{%- endmacro -%}

{#- Which sums a session counts in, as 1 or 0 under their names. -#}
{%- macro session_counts(relation) -%}
    {%- for name, condition in session_conditions(relation).items() %}
    cast({{ condition }} as integer) as {{ name }}{{ "," if not loop.last }}
    {%- endfor %}
{%- endmacro -%}

{#- Several rules of the previous release as columns named after them. -#}
{%- macro previous_rule_values(rule_names, academic_year) -%}
    {%- for rule_name in rule_names %}
    {{ previous_rule_value(rule_name, academic_year) }} as {{ rule_name }}{{ "," if not loop.last }}
    {%- endfor %}
{%- endmacro -%}
