{#- The academic year of a date, as `2025/26`. It runs from 1 August to 31 July. -#}
{%- macro academic_year(date) -%}
    {%- set start_year = "(year(" ~ date ~ ") - case when month(" ~ date ~ ") < 8 then 1 else 0 end)" -%}
    {{ academic_year_starting(start_year) }}
{%- endmacro -%}

{#- The academic year that starts in a calendar year, as `2025/26`. -#}
{%- macro academic_year_starting(start_year) -%}
    (cast({{ start_year }} as varchar) || '/' || lpad(cast(({{ start_year }} + 1) % 100 as varchar), 2, '0'))
{%- endmacro -%}

{#- The calendar year in which an academic year starts: 2025 for `2025/26`. -#}
{%- macro start_year(academic_year) -%}
    cast(substr({{ academic_year }}, 1, 4) as integer)
{%- endmacro -%}

{#- The kinds of period every figure exists for, shortest first. -#}
{%- macro period_types() -%}
    {{ return(["week", "half_term", "term", "year"]) }}
{%- endmacro -%}

{#- The key of a period, from the columns of int_enrolment_weeks: `2025-11-10`, `2025/26 HT1`, `2025/26 autumn`, `2025/26`. -#}
{%- macro period_key(period_type, relation) -%}
    {%- set r = relation ~ "." -%}
    {%- if period_type == "week" -%} cast({{ r }}week_start as varchar)
    {%- elif period_type == "half_term" -%} {{ r }}academic_year || ' ' || {{ r }}half_term
    {%- elif period_type == "term" -%} {{ r }}academic_year || ' ' || {{ r }}term
    {%- else -%} {{ r }}academic_year
    {%- endif -%}
{%- endmacro -%}

{#- The year group that a pupil counts under in each kind of period, from relations named period_week and so on. -#}
{%- macro year_group_of_each_period() -%}
    {%- for period_type in period_types() %}
    period_{{ period_type }}.year_group as year_group_{{ period_type }}{{ "," if not loop.last }}
    {%- endfor %}
{%- endmacro -%}

{#- The academic year that a row of a marks extract belongs to; one without a readable date has that of its export. -#}
{%- macro year_of_mark(session_date, exported_at) -%}
    {{ academic_year("coalesce(" ~ session_date ~ ", cast(" ~ exported_at ~ " as date))") }}
{%- endmacro -%}
