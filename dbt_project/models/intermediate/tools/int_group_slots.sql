{%- set sums = {"pupils": "case when p + q > 0 then 1 else 0 end"} -%}
{%- for x in ["a", "p", "b", "q"] -%}
    {%- do sums.update({x: x}) -%}
    {%- for y in ["a", "p", "b", "q"][loop.index0:] -%}{%- do sums.update({x ~ y: x ~ " * " ~ y}) -%}{%- endfor -%}
{%- endfor -%}
with {{ sums_by_group("int_pattern_slots", ["item"], sums) }}
