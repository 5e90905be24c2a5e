-- Groups of pupils as everybody outside the school has them: no forms, and nobody who is merely the rest of a group.
select *
from rollcall.rpt_cohorts
where
    period_key = $period
    and (slug = $slug or ($slug is null and place_type = 'phase'))
    and cohort_dimension != 'form'
    and not is_rest
    and cohort != 'unknown'
order by place_order, dimension_order, cohort_order, cohort
