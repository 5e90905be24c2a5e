-- Each group's shares, with its rates and everyone else's beside them.
select
    found.*,
    cohort.possible_sessions,
    cohort.overall_absence_percent,
    cohort.peers_overall_absence_percent,
    cohort.overall_absence_gap,
    cohort.persistently_absent_pupils,
    cohort.persistent_absence_percent,
    cohort.peers_persistent_absence_percent,
    cohort.unauthorised_absence_percent
from rollcall.rpt_vulnerable_groups as found
left join rollcall.rpt_cohorts as cohort
    on
        cohort.slug = found.slug
        and cohort.period_key = found.period_key
        and cohort.cohort_dimension = found.cohort_dimension
        and cohort.cohort = found.cohort
where found.slug = $slug and found.period_key = $period
order by found.dimension_order, found.cohort_order, found.cohort
