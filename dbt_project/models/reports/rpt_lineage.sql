-- What dbt itself goes by when it builds, so that what is said of a table's origin cannot differ from it.
with recursive things as (
    select known.*
    from (
        values
        ('', '', '', '', '')
        {%- if execute %}
        {%- for source in graph.sources.values() %},
        (
            {{ quoted(source.unique_id) }}, {{ quoted(source.source_name ~ "." ~ source.name) }}, 'source', '',
            {{ quoted(source.description) }}
        )
        {%- endfor %}
        {%- for node in graph.nodes.values() if node.resource_type in ("model", "seed") %},
        (
            {{ quoted(node.unique_id) }}, {{ quoted(node.name) }},
            {{ quoted("seed" if node.resource_type == "seed" else node.fqn[1]) }}, '', {{ quoted(node.description) }}
        )
        {%- endfor %}
        {%- for use in graph.exposures.values() %},
        (
            {{ quoted(use.unique_id) }}, {{ quoted(use.label) }},
            {{ quoted("page" if use.type == "dashboard" else "report") }}, {{ quoted(use.meta.audience) }},
            {{ quoted(use.description) }}
        )
        {%- endfor %}
        {%- endif %}
    ) as known (thing_key, thing, kind, audience, description)
    where known.thing_key != ''
),

edges as (
    select known.*
    from (
        values
        ('', '')
        {%- if execute %}
        {%- set nodes = graph.nodes.values() | rejectattr("resource_type", "equalto", "test") | list %}
        {%- for node in nodes + (graph.exposures.values() | list) %}
        {%- for read in node.depends_on.nodes %},
        ({{ quoted(node.unique_id) }}, {{ quoted(read) }})
        {%- endfor %}
        {%- endfor %}
        {%- endif %}
    ) as known (thing_key, made_from_key)
    where known.thing_key != ''
),

reached as (
    select
        *,
        1 as steps
    from edges
    union
    select
        reached.thing_key,
        edges.made_from_key,
        reached.steps + 1 as steps
    from reached
    inner join edges on reached.made_from_key = edges.thing_key
),

shortest as (
    select
        thing_key,
        made_from_key,
        min(steps) as steps
    from reached
    group by all
)

select
    made.thing,
    made.kind,
    kind.display_name as kind_label,
    cast(kind.kind_order as integer) as kind_order,
    made.audience,
    made.description,
    origin.thing as made_from,
    origin.kind as made_from_kind,
    origin_kind.display_name as made_from_kind_label,
    cast(origin_kind.kind_order as integer) as made_from_kind_order,
    origin.description as made_from_description,
    cast(shortest.steps as integer) as steps
from shortest
inner join things as made on shortest.thing_key = made.thing_key
inner join things as origin on shortest.made_from_key = origin.thing_key
left join {{ ref("lineage_kinds") }} as kind on made.kind = kind.kind
left join {{ ref("lineage_kinds") }} as origin_kind on origin.kind = origin_kind.kind
where kind.is_offered
