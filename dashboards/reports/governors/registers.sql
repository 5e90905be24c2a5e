select
    school.slug, school.school_name, school.newest_marks_date, school.school_days_behind, school.outstanding_reasons,
    school.status_label, register.expected_marks, register.recorded_marks, register.missing_marks,
    register.quarantined_marks, register.missing_percent, register.registers_expected, register.registers_incomplete
from rollcall.rpt_school_data as school
left join rollcall.rpt_registers as register on school.slug = register.slug and register.period_key = $period
where $slug is null or school.slug = $slug
order by school.place_order
