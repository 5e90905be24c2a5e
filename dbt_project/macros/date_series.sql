{#- A table of every day from one date to another, both included, in the column calendar_date. -#}
{%- macro date_series(first_day, last_day) -%}
    {{ return(adapter.dispatch("date_series", "rollcall")(first_day, last_day)) }}
{%- endmacro -%}

{%- macro default__date_series(first_day, last_day) -%}
    select explode(sequence({{ first_day }}, {{ last_day }}, interval 1 day)) as calendar_date
{%- endmacro -%}

{%- macro duckdb__date_series(first_day, last_day) -%}
    select cast(unnest(generate_series({{ first_day }}, {{ last_day }}, interval 1 day)) as date) as calendar_date
{%- endmacro -%}
