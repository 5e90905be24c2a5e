{%- set sums = {"sessions": "x", "sessions_squared": "x * x", "sessions_by_possible": "x * p"} -%}
with {{ sums_by_group("int_pattern_items", ["finding", "item"], sums) }}
