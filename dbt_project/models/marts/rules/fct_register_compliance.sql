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
)

{% for period_type in period_types() %}
select
    register.school_urn,
    day.academic_year,
    '{{ period_type }}' as period_type,
    {{ period_key(period_type, "day") }} as period_key,
    {{ sums_of("register", register_sums()) }},
    {{ percent("sum(register.registers_on_time)", "sum(register.registers_expected)") }} as on_time_percent
from {{ ref("int_register_days") }} as register
inner join school_days as day
    on register.school_urn = day.school_urn and register.session_date = day.session_date
where {{ period_key(period_type, "day") }} is not null
group by register.school_urn, day.academic_year, {{ period_key(period_type, "day") }}
{{ "union all" if not loop.last }}
{%- endfor %}
