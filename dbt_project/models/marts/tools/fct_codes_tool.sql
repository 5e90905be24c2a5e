-- A year group or code outside the variant of the school's phase is a row too, and says so.
with figures as (
    select
        school_urn,
        academic_year,
        period_type,
        period_key,
        year_group,
        'code' as category,
        code as item,
        sessions,
        possible_sessions as counted_sessions
    from {{ ref("int_codes_tool_counts") }}
    union all
    {%- for category in ["absent", "approved_activity", "authorised", "unauthorised"] %}
    select
        school_urn,
        academic_year,
        period_type,
        period_key,
        year_group,
        '{{ category }}' as category,
        '{{ category }}' as item,
        cast(sum({{ category }}_sessions) as integer) as sessions,
        cast(sum({{ category }}_sessions) as integer) as counted_sessions
    from {{ ref("int_codes_tool_counts") }}
    group by all
    {{ "union all" if not loop.last }}
    {%- endfor %}
),

bases as (
    select
        school_urn,
        period_type,
        period_key,
        year_group,
        cast(sum(possible_sessions) as integer) as possible_sessions
    from {{ ref("int_codes_tool_counts") }}
    group by all
)

select
    figure.school_urn,
    figure.academic_year,
    figure.period_type,
    figure.period_key,
    variant.variant,
    dataset.dataset,
    dataset.dataset_order,
    figure.year_group,
    coalesce(years.year_group_order, if(figure.year_group = 'all', 0, 999)) as year_group_order,
    figure.item,
    coalesce(codes.code_order, dataset.dataset_order) as item_order,
    (figure.year_group = 'all' or tool_years.year_group is not null)
    and (figure.category != 'code' or codes.code is not null) as is_in_variant,
    figure.sessions,
    figure.counted_sessions,
    base.possible_sessions,
    {{ percent("figure.sessions", "base.possible_sessions") }} as percent_of_possible
from figures as figure
inner join bases as base
    on
        figure.school_urn = base.school_urn
        and figure.period_type = base.period_type
        and figure.period_key = base.period_key
        and figure.year_group = base.year_group
inner join {{ ref("codes_tool_datasets") }} as dataset
    on
        figure.category = dataset.category
        and ((figure.year_group = 'all') = dataset.is_whole_school or dataset.is_whole_school is null)
left join {{ ref("dim_school") }} as school on figure.school_urn = school.school_urn
left join {{ ref("codes_tool_variants") }} as variant on school.phase = variant.phase
left join {{ ref("year_groups") }} as years on figure.year_group = years.year_group
left join {{ ref("codes_tool_year_groups") }} as tool_years
    on variant.variant = tool_years.variant and figure.year_group = tool_years.year_group
left join {{ ref("codes_tool_codes") }} as codes on variant.variant = codes.variant and figure.item = codes.code
