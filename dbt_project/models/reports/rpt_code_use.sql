with usage as (
    select
        school_urn, academic_year, period_type, period_key, code,
        coalesce(year_group, 'all') as year_group,
        sum(sessions) as sessions,
        sum(pupils) as pupils
    from {{ ref("fct_code_usage") }}
    left join {{ ref("int_code_pupils") }} using (school_urn, year_group, period_type, period_key, code)
    where period_type in {{ longer_period_types() }}
    group by grouping sets (
        (school_urn, academic_year, period_type, period_key, code),
        (school_urn, academic_year, period_type, period_key, code, year_group)
    )
),

possible as (
    select school_urn, period_type, period_key, cohort as year_group, possible_sessions
    from {{ ref("fct_cohorts") }}
    where population = 'all' and cohort_dimension in ('all', 'year_group')
),

place_possible as (
    select place.place_type, place.place_key, possible.* exclude (school_urn, possible_sessions),
        cast(sum(possible.possible_sessions) as bigint) as possible_sessions
    from possible
    inner join {{ ref("int_place_schools") }} as place on possible.school_urn = place.school_urn
    group by all
),

used as (
    select
        {{ place_columns("place") }},
        usage.academic_year, usage.period_type, usage.period_key, usage.year_group, usage.code,
        cast(sum(usage.sessions) as bigint) as sessions,
        cast(sum(usage.pupils) as bigint) as pupils
    from usage
    inner join {{ ref("int_place_schools") }} as place
        on usage.school_urn = place.school_urn
        and (place.place_type = 'school' or (place.place_type = 'phase' and usage.year_group = 'all'))
    group by all
),

shares as (
    select used.*, place_possible.possible_sessions,
        {{ percent("used.sessions", "place_possible.possible_sessions") }} as percent_of_possible
    from used
    left join place_possible using (place_type, place_key, period_type, period_key, year_group)
),

compared as (
    select this.*, phase.percent_of_possible as phase_percent
    from shares as this
    left join shares as phase
        on phase.place_type = 'phase'
        and this.place_type = 'school'
        and this.year_group = phase.year_group
        and this.phase = phase.phase
        and this.period_type = phase.period_type
        and this.period_key = phase.period_key
        and this.code = phase.code
),

codes as (
    select code, max_by(description, valid_from) as description,
        max_by(statistical_category, valid_from) as statistical_category
    from {{ ref("dim_attendance_code") }}
    group by code
)

select
    this.*,
    coalesce(years.display_name, if(this.year_group = 'all', 'All year groups', 'Not known')) as year_group_label,
    cast(coalesce(years.year_group_order, if(this.year_group = 'all', 0, 999)) as integer) as year_group_order,
    codes.description,
    codes.statistical_category,
    category.display_name as category_label,
    category.category_order,
    cast(dense_rank() over (order by category.category_order, this.code) as integer) as code_order,
    period.period_order,
    this.percent_of_possible - this.phase_percent as difference_percentage_points,
    this.percent_of_possible / nullif(this.phase_percent, 0) as ratio_to_phase,
    coalesce(
        this.percent_of_possible - this.phase_percent
        >= {{ rule_value("code_stands_out_percentage_points", "this.academic_year", "academic_year") }}
        and this.percent_of_possible
        >= this.phase_percent * {{ rule_value("code_stands_out_ratio", "this.academic_year", "academic_year") }},
        false
    ) as stands_out,
    false as is_suppressed
from compared as this
inner join {{ ref("rpt_periods") }} as period using (period_type, period_key)
left join codes on this.code = codes.code
left join {{ ref("statistical_categories") }} as category on codes.statistical_category = category.statistical_category
left join {{ ref("year_groups") }} as years on this.year_group = years.year_group
