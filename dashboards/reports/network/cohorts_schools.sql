-- The named groups of pupils, school by school: gap in attendance to everyone else at the school.
select
    place_key, place_name, place_order, phase, cohort_dimension, cohort, cohort_label, dimension_order, cohort_order,
    pupils, attendance_percent, attendance_gap, is_suppressed
from rollcall.rpt_cohorts
where
    period_key = $period
    and place_type = 'school'
    and (cohort_dimension, cohort) in (
        select (cohort_dimension, cohort)
        from rollcall.rpt_cohorts
        where
            period_key = $period and place_type = 'phase' and cohort != 'unknown'
            and cohort_dimension not in ('year_group', 'ethnicity') and share_of_pupils_percent < 50
    )
order by place_order, dimension_order, cohort_order
