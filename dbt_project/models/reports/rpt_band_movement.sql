-- From half term to half term; the row of all year groups is the sum of theirs.
with moved as (
    select
        school_urn,
        academic_year,
        period_type,
        previous_period_key,
        period_key,
        if(grouping(year_group) = 1, 'all', coalesce(year_group, 'unknown')) as year_group,
        grouping(year_group) = 1 as is_total,
        {%- for movement in ["better", "same", "worse", "joined", "left"] %}
        cast(coalesce(sum(pupils) filter (where movement = '{{ movement }}'), 0) as integer) as {{ movement }}_pupils
        {%- if not loop.last %},{% endif %}
        {%- endfor %}
    from {{ ref("fct_band_movement") }}
    where basis = 'period' and period_type = 'half_term' and population = 'all'
    group by school_urn, academic_year, period_type, previous_period_key, period_key, rollup(year_group)
)

select
    school.slug,
    moved.academic_year,
    moved.period_type,
    moved.period_key,
    period.short_label as label,
    before.short_label as previous_label,
    moved.year_group,
    if(moved.is_total, 'All year groups', coalesce(years.display_name, 'Not known')) as year_group_label,
    cast(if(moved.is_total, 1000, coalesce(years.year_group_order, 999)) as integer) as year_group_order,
    moved.is_total,
    moved.better_pupils,
    moved.same_pupils,
    moved.worse_pupils,
    moved.joined_pupils,
    moved.left_pupils
from moved
inner join {{ ref("dim_school") }} as school on moved.school_urn = school.school_urn
inner join {{ ref("rpt_periods") }} as period
    on moved.period_type = period.period_type and moved.period_key = period.period_key
left join {{ ref("rpt_periods") }} as before
    on moved.period_type = before.period_type and moved.previous_period_key = before.period_key
left join {{ ref("year_groups") }} as years on moved.year_group = years.year_group
