select register.*, school.newest_marks_date, school.school_days_behind, school.outstanding_reasons,
    school.reasons_are_suppressed, school.status_label
from rollcall.rpt_school_data as school
left join rollcall.rpt_registers as register on school.slug = register.slug and register.period_key = $period
order by school.place_order
