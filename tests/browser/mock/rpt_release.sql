select 'Mock Learning Trust' as trust_name, date '{as_of}' as as_of, date '{as_of}' as newest_marks_date,
'2026/27' as academic_year, '2026/27 HT2' as current_half_term, '2026/27 HT1' as latest_complete_half_term,
6 as schools, (select count(distinct pupil)::int from pupil) as pupils, 6 as suppression_minimum_pupils
