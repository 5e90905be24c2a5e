{#- What is counted of registers, day by day and period by period. -#}
{%- macro register_sums() -%}
    {{ return([
        "registers_expected", "registers_complete", "registers_partial", "registers_missing", "registers_late",
        "registers_on_time", "reasons_overdue", "codes_off_list",
    ]) }}
{%- endmacro -%}
