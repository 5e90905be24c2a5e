select
    bridge.school_urn,
    bridge.academic_year,
    bridge.period_type,
    bridge.period_key,
    bridge.definition,
    definition.series,
    {{ columns_of("bridge", definition_sums()) }},
    {{ columns_of("bridge", measures() | map(attribute="percent_column") | list) }}
from {{ ref("fct_definition_bridge") }} as bridge
left join {{ ref("definitions") }} as definition
    on bridge.definition = definition.definition and {{ definition_in_force("definition", "bridge.academic_year") }}
where bridge.kind = 'end'
