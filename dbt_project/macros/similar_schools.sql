{#- What one characteristic adds to the squared distance between two schools; the distance is the root of the sum. -#}
{%- macro squared_weighted_difference(weight, here, there) -%}
    ({{ weight }} * ({{ here }} - {{ there }}) * ({{ here }} - {{ there }}))
{%- endmacro -%}
