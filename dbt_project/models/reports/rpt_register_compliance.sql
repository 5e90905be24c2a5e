select
    school.slug,
    register.academic_year,
    register.period_type,
    register.period_key,
    period.label,
    period.period_order,
    register.registers_expected,
    register.registers_complete,
    register.registers_partial,
    register.registers_missing,
    register.registers_late,
    register.registers_on_time,
    register.on_time_percent,
    register.reasons_overdue,
    register.codes_off_list
from {{ ref("fct_register_compliance") }} as register
inner join {{ ref("dim_school") }} as school on register.school_urn = school.school_urn
inner join {{ ref("rpt_periods") }} as period
    on register.period_type = period.period_type and register.period_key = period.period_key
