with steps as (
    {%- for compared_with in ["previous", "last_year"] %}
    select
        period.period_type,
        period.period_key,
        period.period_order,
        period.is_running,
        '{{ compared_with }}' as compared_with,
        period.{{ compared_with }}_period_key as compared_period_key,
        period.{{ compared_with }}_label as compared_label
    from {{ ref("rpt_periods") }} as period
    cross join {{ ref("int_running_year") }} as newest
    where
        period.period_type = 'half_term' and {{ in_detail_years("period.academic_year", "newest.running_year") }}
        or period.period_type = 'week' and period.academic_year = newest.running_year
    {{ "union all" if not loop.last }}
    {%- endfor %}
),

changes as (
    select
        {{ place_columns("now") }},
        now.academic_year,
        now.cohort_dimension,
        now.cohort,
        now.cohort_label,
        now.cohort_order,
        now.measure,
        steps.*,
        now.own_percent as now_percent,
        earlier.own_percent as then_percent,
        now.own_percent - earlier.own_percent as change_percentage_points,
        now.own_percent - earlier.own_percent - sqrt(
            pow(now.own_percent - now.low_percent, 2) + pow(earlier.high_percent - earlier.own_percent, 2)
        ) as change_low,
        now.own_percent - earlier.own_percent + sqrt(
            pow(now.high_percent - now.own_percent, 2) + pow(earlier.own_percent - earlier.low_percent, 2)
        ) as change_high
    from {{ ref("int_place_rates") }} as now
    inner join steps on now.period_type = steps.period_type and now.period_key = steps.period_key
    inner join {{ ref("int_place_rates") }} as earlier
        on
            now.place_type = earlier.place_type
            and now.place_key = earlier.place_key
            and now.cohort_dimension = earlier.cohort_dimension
            and now.cohort = earlier.cohort
            and now.measure = earlier.measure
            and steps.period_type = earlier.period_type
            and steps.compared_period_key = earlier.period_key
),

judged as (
    select
        changes.*,
        measure.display_name as measure_label,
        measure.measure_order,
        measure.better,
        {{ standing("changes.change_low", "changes.change_high", "0", "measure.better") }} as standing
    from changes
    left join {{ ref("measure_definitions") }} as measure on changes.measure = measure.measure
)

select
    judged.*,
    words.change_name as standing_label,
    words.standing_order,
    false as is_suppressed
from judged
left join {{ ref("standings") }} as words on judged.standing = words.standing
