with dfe(comparator_type, kind, comparator_order, shift) as (values ('national', 'England', 1, 0.4), ('region', 'Region', 2, 0.2),
    ('local_authority', 'Local authority', 3, -0.3), ('trust', 'Trust', 5, -0.2)),
own as (unpivot (select {place}, academic_year, period_type, period_key, period_order, {measure_columns}
    from rpt_headline where place_type <> 'trust' and period_type <> 'week') on {measure_names} into name measure value own_percent),
s as (select o.*, d.*, p.term, case when comparator_type = 'trust' then period_key when measure = 'severe_absence' then null
    else (case when o.academic_year = '2026/27' then '2025/26' else o.academic_year end) || case when o.period_type = 'year' then '' else ' ' || p.term end end as compared_period_key
  from own o join rpt_periods p using (period_type, period_key) cross join dfe d where not (comparator_type = 'trust' and place_type = 'phase')),
f as (select s.*, then_own.own_percent as compared_own_percent, then_own.period_type as compared_period_type, w.short_label as window_label,
    then_own.own_percent * 0 + shift * (case s.measure when 'attendance' then 1 else -1 end) + case s.measure when 'attendance' then 93.0371 when 'persistent_absence' then 18.7183
      when 'severe_absence' then 2.2417 when 'overall_absence' then 6.9629 when 'authorised_absence' then 4.6112 else 2.3517 end as comparator_percent
  from s left join own then_own on s.place_type = then_own.place_type and s.place_key = then_own.place_key and s.measure = then_own.measure and s.compared_period_key = then_own.period_key
  left join rpt_periods w on w.period_type = then_own.period_type and w.period_key = then_own.period_key)
select f.*, g.measure_label, g.measure_order, case when comparator_percent is null then 'not_published' when compared_period_key = period_key then 'published' else 'other_window' end as comparison_status,
  case when comparator_percent is null then 'Not published yet' when compared_period_key = period_key then 'Same window' else 'Half terms are not published' end as comparison_status_label,
  case comparator_type when 'national' then 'England' when 'region' then 'South East' when 'trust' then 'Trust' else coalesce((select la_name from school where school.slug = f.slug), 'Kent') end as comparator,
  case comparator_type when 'national' then 'England' when 'region' then 'South East (region)' when 'trust' then 'Other schools of the phase'
    else coalesce((select la_name from school where school.slug = f.slug), 'Kent') || ' (local authority)' end as comparator_label,
  compared_own_percent - comparator_percent as gap_percentage_points, case when comparator_type <> 'trust' then 'daily' end as series,
  case when comparator_type = 'trust' then 'Registers of the trust' else 'Pupil attendance in schools (daily)' end as series_label, 'DfE' as source,
  case when comparator_percent is null then 'DfE has not published this period.' when compared_period_key = period_key then 'Both figures are about ' || window_label || ' and ages 5 to 15.'
    else 'DfE publishes no figures for single half terms; the newest it has published of this kind is ' || window_label || ', set beside the own figure of the same time.' end as statement,
  false as is_suppressed
from f join rpt_guide_measures g using (measure)
