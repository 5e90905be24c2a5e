with school_days as (
    -- The calendar's periods of a day; year groups of one school share them.
    select distinct
        school_urn,
        session_date,
        academic_year,
        half_term,
        term,
        week_start
    from {{ ref("int_school_sessions") }}
),

by_period as (
    {%- for period_type in period_types() %}
    select
        register.school_urn,
        day.academic_year,
        '{{ period_type }}' as period_type,
        {{ period_key(period_type, "day") }} as period_key,
        cast(sum(register.expected_marks) as bigint) as expected_marks,
        cast(sum(register.recorded_marks) as bigint) as recorded_marks,
        cast(sum(register.missing_marks) as bigint) as missing_marks,
        cast(sum(register.quarantined_marks) as bigint) as quarantined_marks,
        cast(count(*) as bigint) as registers_expected,
        cast(count(*) filter (where register.missing_marks > 0) as bigint) as registers_incomplete
    from {{ ref("fct_register_completeness") }} as register
    inner join school_days as day
        on register.school_urn = day.school_urn and register.session_date = day.session_date
    group by all
    {{ "union all" if not loop.last }}
    {%- endfor %}
)

select
    by_period.school_urn,
    school.slug,
    school.school_name,
    place.phase,
    place.phase_order,
    place.place_order,
    by_period.academic_year,
    by_period.period_type,
    by_period.period_key,
    period.period_order,
    by_period.expected_marks,
    by_period.recorded_marks,
    by_period.missing_marks,
    by_period.quarantined_marks,
    {{ percent("by_period.missing_marks", "by_period.expected_marks") }} as missing_percent,
    by_period.registers_expected,
    by_period.registers_incomplete,
    false as is_suppressed
from by_period
inner join {{ ref("dim_school") }} as school on by_period.school_urn = school.school_urn
inner join {{ ref("int_place_schools") }} as place
    on by_period.school_urn = place.school_urn and place.place_type = 'school'
inner join {{ ref("rpt_periods") }} as period
    on by_period.period_type = period.period_type and by_period.period_key = period.period_key
