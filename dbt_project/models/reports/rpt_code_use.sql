with compared as (
    select
        this.*,
        phase.percent_of_possible as phase_percent
    from {{ ref("int_place_codes") }} as this
    left join {{ ref("int_place_codes") }} as phase
        on
            phase.place_type = 'phase'
            and this.year_group = phase.year_group
            and if(this.place_type = 'school', this.phase, null) = phase.phase
            and this.period_type = phase.period_type
            and this.period_key = phase.period_key
            and this.code = phase.code
),

codes as (
    select
        code,
        max_by(description, valid_from) as description,
        max_by(statistical_category, valid_from) as statistical_category
    from {{ ref("dim_attendance_code") }}
    group by code
),

listed as (
    select
        codes.*,
        category.display_name as category_label,
        category.category_order,
        cast(row_number() over (order by category.category_order, codes.code) as integer) as code_order
    from codes
    left join {{ ref("statistical_categories") }} as category
        on codes.statistical_category = category.statistical_category
)

select
    this.*,
    coalesce(years.display_name, if(this.year_group = 'all', 'All year groups', 'Not known')) as year_group_label,
    cast(coalesce(years.year_group_order, if(this.year_group = 'all', 0, 999)) as integer) as year_group_order,
    listed.description,
    listed.statistical_category,
    listed.category_label,
    listed.category_order,
    listed.code_order,
    period.period_order,
    this.percent_of_possible - this.phase_percent as difference_percentage_points,
    this.percent_of_possible / nullif(this.phase_percent, 0) as ratio_to_phase,
    monitored.dfe_percent as england_percent,
    coalesce(monitored.monitoring_status = 'high', false) as stands_out,
    false as is_suppressed
from compared as this
inner join
    {{ ref("rpt_periods") }} as period
    on this.period_type = period.period_type and this.period_key = period.period_key
left join {{ ref("int_place_schools") }} as place
    on place.place_type = 'school' and if(this.place_type = 'school', this.place_key, null) = place.place_key
left join {{ ref("fct_code_monitoring") }} as monitored
    on
        place.school_urn = monitored.school_urn
        and this.period_type = monitored.period_type
        and this.period_key = monitored.period_key
        and if(this.year_group = 'all', this.code, null) = monitored.code
        and monitored.population = 'all'
left join listed on this.code = listed.code
left join {{ ref("year_groups") }} as years on this.year_group = years.year_group
