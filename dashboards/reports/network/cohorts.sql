-- Groups that are less than half of the phase, so that each pair of groups stands once.
select *
from rollcall.rpt_cohorts
where
    period_key = $period
    and place_type = 'phase'
    and pupils is not null
    and cohort != 'unknown'
    and share_of_pupils_percent < 50
order by place_order, dimension_order, cohort_order, cohort
