select * from (values
  ('fct_cohorts', 'Facts', 'One row per school, period and cohort: sums and percentages.', 'One row per school, period and cohort', 1, 'school_urn', 'integer', 'The school.', 'How many?', 'select count(*) from fct_cohorts'),
  ('fct_cohorts', 'Facts', 'One row per school, period and cohort: sums and percentages.', 'One row per school, period and cohort', 2, 'pupils', 'bigint', 'Enrolments with a possible session.', 'How many?', 'select count(*) from fct_cohorts'),
  ('dim_school', 'Dimension', 'One row per school.', 'One row per school', 1, 'school_urn', 'integer', 'The school.', 'Which schools?', 'from dim_school')
) as t (table_name, kind, table_description, grain, column_order, column_name, data_type, column_description, question, example_query)
