select
    {{ place_columns("place") }},
    tool.academic_year,
    tool.period_type,
    tool.period_key,
    variants.display_name as variant_label,
    tool.dataset,
    cast(tool.dataset_order as integer) as dataset_order,
    datasets.display_name as dataset_label,
    tool.year_group,
    if(tool.year_group = 'all', 'Whole school', coalesce(years.display_name, 'Not known')) as year_group_label,
    cast(tool.year_group_order as integer) as year_group_order,
    tool.item,
    codes.description as item_label,
    codes.category_label,
    cast(coalesce(codes.category_order, 99) as integer) as category_order,
    cast(coalesce(codes.code_order, 999) as integer) as item_order,
    tool.is_in_variant,
    tool.sessions,
    tool.counted_sessions,
    tool.possible_sessions,
    tool.percent_of_possible
from {{ ref("fct_codes_tool") }} as tool
inner join {{ ref("int_place_schools") }} as place
    on tool.school_urn = place.school_urn and place.place_type = 'school'
left join {{ ref("codes_tool_datasets") }} as datasets on tool.dataset = datasets.dataset
left join (
    select
        variant,
        display_name
    from {{ ref("codes_tool_variants") }}
    qualify row_number() over (partition by variant order by phase) = 1
) as variants on tool.variant = variants.variant
left join {{ ref("year_groups") }} as years on tool.year_group = years.year_group
-- A code's newest meaning; one that was in force only before keeps its own.
left join (
    select *
    from {{ ref("rpt_guide_codes") }}
    qualify row_number() over (partition by code order by valid_from desc) = 1
) as codes on tool.item = codes.code
where tool.period_type in {{ longer_period_types() }}
