select
    definition.definition,
    definition.display_name as definition_label,
    definition.definition_order,
    definition.description,
    coalesce(series.title, 'Not published') as series_label,
    definition.source
from {{ ref("definitions") }} as definition
left join {{ ref("benchmark_series") }} as series on definition.series = series.series
where definition.valid_to is null
