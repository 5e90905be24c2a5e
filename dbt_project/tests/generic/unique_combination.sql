{#-
    The columns together identify a row; the test reports the keys that occur more than once. Hashes are counted first and
    only keys that share one are compared, so that a large fact costs one pass over whole numbers.
-#}
{% test unique_combination(model, columns) %}
{%- set key = columns | join(", ") %}
with repeated as (
    select hash({{ key }}) as key_hash
    from {{ model }}
    group by all
    having count(*) > 1
)

select {{ key }}
from {{ model }}
where hash({{ key }}) in (select repeated.key_hash from repeated)
group by {{ key }}
having count(*) > 1
{% endtest %}
