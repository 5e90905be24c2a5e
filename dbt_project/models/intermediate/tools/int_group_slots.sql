{#- a and p in the slot, b and q in the rest of the pupil's period, and the products of each two. -#}
{%- set terms = {
    "a": "counted.a",
    "p": "counted.p",
    "b": "(enrolment.absent_sessions - counted.a)",
    "q": "(enrolment.possible_sessions - counted.p)",
} -%}
{%- set sums = {"pupils": "case when enrolment.possible_sessions > 0 then 1 else 0 end"} -%}
{%- for x in terms -%}
    {%- do sums.update({x: terms[x]}) -%}
    {%- for y in (terms | list)[loop.index0:] -%}{%- do sums.update({x ~ y: terms[x] ~ " * " ~ terms[y]}) -%}{%- endfor -%}
{%- endfor -%}
with {{ sums_by_group("int_pattern_slots", ["item"], sums) }}
