{#- One division, last: 100 x numerator / denominator from whole numbers, NULL when there is nothing to divide by. -#}
{%- macro percent(numerator, denominator) -%}
    (cast(100 * ({{ numerator }}) as double) / nullif({{ denominator }}, 0))
{%- endmacro -%}

{#- Half up, away from zero, for showing. Goes through a decimal so that 6.85 stored as 6.8499999… becomes 6.9. -#}
{%- macro half_up(value, digits=1) -%}
    cast(round(cast({{ value }} as decimal(28, 10)), {{ digits }}) as double)
{%- endmacro -%}

{#- True when 100 x part / whole is at least the threshold: whole numbers against an exact decimal, no division. -#}
{%- macro at_least_percent(part, whole, threshold) -%}
    (100 * {{ part }} >= cast({{ threshold }} as decimal(9, 4)) * {{ whole }})
{%- endmacro -%}
