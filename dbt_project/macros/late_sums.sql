{#- The additive columns of int_late_sessions. -#}
{%- macro late_sums() -%}
    {{ return([
        "late_before_close_sessions", "late_after_close_sessions", "late_sessions", "minutes_known_sessions",
        "minutes_late",
    ]) }}
{%- endmacro -%}
