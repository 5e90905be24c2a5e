{#-
    A whole number that stands for some columns in joins: the same in every build, so that what is built again joins with
    what was kept. Of 63 bits, so that no two of a trust's millions fall together (tests of uniqueness watch over it).
-#}
{%- macro short_name(columns) -%}
    {{ return(adapter.dispatch("short_name", "rollcall")(columns)) }}
{%- endmacro -%}

{%- macro default__short_name(columns) -%}
    (xxhash64({{ columns | join(", ") }}) & 9223372036854775807)
{%- endmacro -%}

{%- macro duckdb__short_name(columns) -%}
    cast(hash({{ columns | join(", ") }}) >> 1 as bigint)
{%- endmacro -%}
