select md5(p.pupil) as pupil_key, p.slug, c.cohort_dimension, c.dimension_label, c.dimension_order, c.cohort, c.cohort_label, c.cohort_order
from (unpivot (select pupil, slug, year_group, sex, fsm, sen_status, english_additional_language, looked_after from pupil_period
               where period_type = 'year' and academic_year = '2026/27') on year_group, sex, fsm, sen_status, english_additional_language, looked_after
      into name cohort_dimension value cohort) p
join (select distinct cohort_dimension, dimension_label, dimension_order, cohort, cohort_label, cohort_order from rpt_cohorts where not is_rest) c using (cohort_dimension, cohort)
