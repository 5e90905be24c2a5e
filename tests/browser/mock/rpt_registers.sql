select s.school_urn, s.slug, s.school_name, s.phase, s.phase_order, s.school_order as place_order, h.academic_year, h.period_type, h.period_key, h.period_order, expected_marks,
possible_sessions as recorded_marks, missing_sessions as missing_marks, 0::bigint as quarantined_marks, missing_marks_percent as missing_percent,
case period_type when 'week' then 10 when 'half_term' then 70 else 380 end::bigint as registers_expected, least(missing_sessions, 6)::bigint as registers_incomplete, false as is_suppressed
from rpt_headline h join school s on h.slug = s.slug where h.period_type <> 'term'
