{#- One division, last: 100 x numerator / denominator from whole numbers, NULL when there is nothing to divide by. -#}
{%- macro percent(numerator, denominator) -%}
    (cast(100 * ({{ numerator }}) as double) / nullif({{ denominator }}, 0))
{%- endmacro -%}

{#- True when 100 x part / whole is at least the threshold: whole numbers against an exact decimal, no division. -#}
{%- macro at_least_percent(part, whole, threshold) -%}
    (100 * {{ part }} >= cast({{ threshold }} as decimal(9, 4)) * {{ whole }})
{%- endmacro -%}
