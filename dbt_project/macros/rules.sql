{#-
    The value of a rule, as the trust has it. `moment` says when: a date expression, or a text expression with an
    academic year (`kind='academic_year'`), which counts as its first 1 September.
-#}
{%- macro rule_value(rule_name, moment, kind="date") -%}
    {%- set on_date = moment if kind == "date" else "make_date(" ~ start_year(moment) ~ ", 9, 1)" -%}
    (
        select rule.value
        from {{ ref("dim_rule") }} as rule
        where
            rule.rule_name = '{{ rule_name }}'
            and rule.valid_from <= {{ on_date }}
            and (rule.valid_to is null or rule.valid_to >= {{ on_date }})
    )
{%- endmacro -%}

{#- Several rules as columns named after them. -#}
{%- macro rule_values(rule_names, moment, kind="date") -%}
    {%- for rule_name in rule_names %}
    {{ rule_value(rule_name, moment, kind) }} as {{ rule_name }}{{ "," if not loop.last }}
    {%- endfor %}
{%- endmacro -%}

{#- True for the newest academic years that details are kept for (rule detail_years); `newest` is the running year. -#}
{%- macro in_detail_years(academic_year, newest) -%}
    {{ start_year(academic_year) }}
    > {{ start_year(newest) }} - {{ rule_value("detail_years", newest, kind="academic_year") }}
{%- endmacro -%}
