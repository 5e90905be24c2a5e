select
    bridge.school_urn,
    bridge.academic_year,
    bridge.period_type,
    bridge.period_key,
    bridge.definition,
    definition.series,
    {{ columns_of("bridge", definition_sums()) }},
    {%- for measure in measures() %}
    bridge.{{ measure.percent_column }}{{ "," if not loop.last }}
    {%- endfor %}
from {{ ref("fct_definition_bridge") }} as bridge
left join {{ ref("definitions") }} as definition
    on bridge.definition = definition.definition and {{ definition_in_force("definition", "bridge.academic_year") }}
where bridge.kind = 'end'
