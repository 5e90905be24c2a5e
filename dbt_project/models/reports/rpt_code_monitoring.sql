with judged as (
    select
        {{ place_columns("place") }},
        monitored.*,
        period.period_order,
        period.short_label
    from (select * exclude (phase) from {{ ref("fct_code_monitoring") }}) as monitored
    inner join {{ ref("int_place_schools") }} as place
        on monitored.school_urn = place.school_urn and place.place_type = 'school'
    inner join {{ ref("rpt_periods") }} as period
        on monitored.period_type = period.period_type and monitored.period_key = period.period_key
    cross join {{ ref("rpt_release") }} as release
    where
        monitored.population = 'all'
        and {{ in_detail_years("monitored.academic_year", "release.academic_year") }}
),

runs as (
    -- Periods in a row with one status have the same difference of the two counts.
    select
        *,
        period_order - row_number() over (
            partition by school_urn, period_type, code, monitoring_status order by period_order
        ) as run
    from judged
),

told as (
    select
        * exclude (
            school_urn, population, expected_sessions, dispersion, between_schools_percentage_points,
            p_value, q_value, dfe_percent, dfe_sessions, dfe_possible_sessions, dfe_source, dfe_status, run, short_label
        ),
        dfe_percent as england_percent,
        first_value(short_label) over (
            partition by school_urn, period_type, code, monitoring_status, run order by period_order
        ) as since_label
    from runs
)

select
    told.*,
    words.display_name as status_label,
    words.status_order,
    coalesce(words.is_outlier, false) as is_outlier,
    guide.description,
    category.display_name as category_label,
    cast(dense_rank() over (order by category.category_order, told.code) as integer) as code_order,
    false as is_suppressed
from told
left join {{ ref("monitoring_statuses") }} as words on told.monitoring_status = words.monitoring_status
left join (
    select
        code,
        max_by(description, valid_from) as description,
        max_by(statistical_category, valid_from) as statistical_category
    from {{ ref("dim_attendance_code") }}
    group by code
) as guide on told.code = guide.code
left join {{ ref("statistical_categories") }} as category on guide.statistical_category = category.statistical_category
