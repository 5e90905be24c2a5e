{#- A text as a literal of SQL, on one line. -#}
{%- macro quoted(text) -%}
    '{{ (text or "") | replace("\n", " ") | trim | replace("'", "''") }}'
{%- endmacro -%}
