{#- The columns together identify a row. One pass; the test reports how many keys occur more than once. -#}
{% test unique_combination(model, columns) %}
select {{ columns | join(", ") }}
from {{ model }}
group by {{ columns | join(", ") }}
having count(*) > 1
{% endtest %}
