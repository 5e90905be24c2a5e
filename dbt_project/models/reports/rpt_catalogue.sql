-- What dbt reads in the properties files, so that the catalogue cannot differ from the tables.
with columns_of_marts as (
    select known.*
    from (
        values
        ('', '', 0, '', '', '')
        {%- if execute %}
        {%- for node in graph.nodes.values() if node.resource_type == "model" and node.name[:4] in ("dim_", "fct_") %}
        {%- for column in node.columns.values() %},
        (
            {{ quoted(node.name) }}, {{ quoted(node.description) }}, {{ loop.index }}, {{ quoted(column.name) }},
            {{ quoted(column.data_type) }}, {{ quoted(column.description) }}
        )
        {%- endfor %}
        {%- endfor %}
        {%- endif %}
    ) as known (table_name, table_description, column_order, column_name, data_type, column_description)
    where known.table_name != ''
)

select
    known.table_name,
    if(known.table_name like 'dim%', 'Dimension', 'Facts') as kind,
    known.table_description,
    -- The first sentence says what one row is.
    regexp_extract(known.table_description, '^(One row[^:.]*)', 1) as grain,
    known.column_order,
    known.column_name,
    known.data_type,
    known.column_description,
    coalesce(example.question, 'What is in it?') as question,
    coalesce(example.query, 'select * from ' || known.table_name || ' limit 20') as example_query
from columns_of_marts as known
left join {{ ref("catalogue_examples") }} as example on known.table_name = example.table_name
