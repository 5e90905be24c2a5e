select slug, school_name, place_order, session_date, session, strftime(session_date, '%a %-d %b %Y') || case session when 'AM' then ', morning' else ', afternoon' end as session_label,
  expected::bigint as expected_marks, (expected - missing)::bigint as recorded_marks, missing::bigint as missing_marks, 0::bigint as quarantined_marks, 100.0 * missing / expected as missing_percent, false as is_suppressed
from (select s.slug, s.school_name, s.school_order as place_order, d.session_date, x.session, pupils_a_year * (high_year - low_year + 1) as expected,
  case when s.slug = 'the-harbour-school' and session_date > date '2026-11-11' then pupils_a_year * 5
    when chance(s.slug, session_date, session) < 0.04 then floor(chance(s.slug, session_date, 'x') * 40) else 0 end as missing
  from school s, day d, (values ('AM'), ('PM')) x(session) where session_date > date '{as_of}' - 54) where missing > 0
