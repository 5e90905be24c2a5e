{#- None of the columns is ever NULL. One pass for all of them, where a not_null test each would read the table each time. -#}
{% test never_null(model, columns) %}
select {{ columns | join(", ") }}
from {{ model }}
where
    {%- for column in columns %}
    {{ column }} is null{{ " or" if not loop.last }}
    {%- endfor %}
{% endtest %}
