{#- The two populations, to be cross joined: everybody is in `all`, those of compulsory school age in theirs too. -#}
{%- macro populations() -%}
    (values ('all', false), ('compulsory_school_age', true)) as populations (population, is_compulsory_only)
{%- endmacro -%}
