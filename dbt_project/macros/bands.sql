{#- True where a share of absence falls into a band of the seed absence_bands: lower edge in, upper edge out. -#}
{%- macro in_band(absent, possible, band) -%}
    {{ possible }} > 0
    and {{ at_least_percent(absent, possible, band ~ ".low_percent") }}
    and ({{ band }}.high_percent is null or not {{ at_least_percent(absent, possible, band ~ ".high_percent") }})
{%- endmacro -%}
