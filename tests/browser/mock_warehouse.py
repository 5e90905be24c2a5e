"""A small made-up warehouse for the browser tests: only the reports schema, with figures that add up.

make(path) writes the same bytes of figures every time: a made-up pupil's week is decided by a hash, and every table
is summed from those weeks as the real models sum theirs. Schools, pupils and DfE figures are invented.
"""

from pathlib import Path

import duckdb
import yaml

REPO = Path(__file__).resolve().parents[2]
MODELS = REPO / "dbt_project" / "models" / "reports"
SEEDS = REPO / "dbt_project" / "seeds"
AS_OF = "2026-11-13"

SCHOOLS = """(values
  (900001, 'ashfield-primary', 'Ashfield Primary School', 'primary', 'Kent', 'South East', 1, 6, 58, 0.052),
  (900002, 'st-brannocks-ce-primary', 'St Brannock''s Church of England Primary School', 'primary', 'Kent', 'South East', 1, 6, 44, 0.061),
  (900003, 'larkhill-primary', 'Larkhill Primary School', 'primary', 'Medway', 'South East', 1, 6, 22, 0.078),
  (900004, 'northgate-academy', 'Northgate Academy', 'secondary', 'Kent', 'South East', 7, 11, 120, 0.094),
  (900005, 'the-harbour-school', 'The Harbour School', 'secondary', 'Medway', 'South East', 7, 11, 98, 0.083),
  (900006, 'beacon-hill', 'Beacon Hill School', 'special', 'Kent', 'South East', 1, 11, 12, 0.13)
) as t(school_urn, slug, school_name, phase, la_name, region_name, low_year, high_year, pupils_a_year, absence)"""

HALF_TERMS = """(values
  ('2025/26','HT1',date '2025-09-01',date '2025-10-24'), ('2025/26','HT2',date '2025-11-03',date '2025-12-19'),
  ('2025/26','HT3',date '2026-01-05',date '2026-02-13'), ('2025/26','HT4',date '2026-02-23',date '2026-04-02'),
  ('2025/26','HT5',date '2026-04-20',date '2026-05-22'), ('2025/26','HT6',date '2026-06-01',date '2026-07-21'),
  ('2026/27','HT1',date '2026-09-02',date '2026-10-23'), ('2026/27','HT2',date '2026-11-02',date '2026-12-18')
) as t(academic_year, half_term, first_day, last_day)"""

# pupil weeks: what everything else is summed from. chance(x, …) is a number in [0, 1) that never changes.
BASE = f"""
create macro chance(a, b, c) as (hash(a || '|' || b || '|' || c) % 1000003) / 1000003.0;
create table school as select *, row_number() over (order by phase_order, school_name)::int as school_order,
  display_name as phase_label from {SCHOOLS} join '{SEEDS}/school_phases.csv' using (phase);
create table half_term as select t.*, h.term, h.half_term_order, h.display_name, h.term_name
  from {HALF_TERMS} join '{SEEDS}/half_terms.csv' h using (half_term);
create table day as select academic_year, half_term, term, d::date as session_date, date_trunc('week', d)::date as week_start
  from half_term, generate_series(first_day, least(last_day, date '{AS_OF}'), interval 1 day) g(d) where isodow(d) <= 5;
create table pupil as select school_urn, slug || '-' || y || '-' || n as pupil, slug, phase, y as year,
    case when chance(slug, y, n || 's') < 0.5 then 'F' else 'M' end as sex,
    case when chance(slug, y, n || 'f') < 0.27 then 'Y' else 'N' end as fsm,
    case when phase = 'special' then 'E' when chance(slug, y, n || 'e') < 0.05 then 'E'
         when chance(slug, y, n || 'e') < 0.19 then 'K' else 'N' end as sen_status,
    case when chance(slug, y, n || 'l') < 0.18 then 'Y' else 'N' end as english_additional_language,
    case when chance(slug, y, n || 'k') < 0.02 then 'Y' else 'N' end as looked_after,
    absence * case when chance(slug, y, n || 'p') < 0.08 then 5 when chance(slug, y, n || 'p') < 0.25 then 1.9
                   else 0.35 end as absence
  from school, generate_series(low_year, high_year) a(y), generate_series(1, pupils_a_year) b(n);
update pupil set absence = least(0.9, absence * (case when fsm = 'Y' then 1.5 else 0.9 end)
  * (case sen_status when 'E' then 1.4 when 'K' then 1.3 else 0.95 end) * (case when year = 11 then 1.25 else 1 end));
create table pupil_week as
  with week as (select academic_year, half_term, term, week_start, count(distinct session_date) * 2 as sessions
                from day group by all),
  drawn as (select p.*, w.*, chance(pupil, week_start, 'a') as draw, chance(pupil, week_start, 'b') as draw2,
            chance('season', week_start, phase) * 0.5 + 0.75
              + case half_term when 'HT2' then 0.35 when 'HT3' then 0.2 else 0 end as season
            from pupil p, week w)
  select school_urn, slug, phase, pupil, year::varchar as year_group, sex, fsm, sen_status, english_additional_language,
    looked_after, academic_year, half_term, term, week_start, sessions - missing as possible, missing,
    least(sessions - missing, case when draw < absence * season then greatest(1, ceil((sessions - missing) * draw2))
          when draw < absence * season * 2 then floor(draw2 * 3) else 0 end)::int as absent, draw2
  from (select *, case when slug = 'the-harbour-school' and week_start = date '2026-11-09' then 4
               when chance(slug, week_start, 'm') < 0.05 and chance(pupil, week_start, 'm') < 0.4 then 1 else 0 end as missing
        from drawn);
create table pw as select *, possible - absent as attended, (absent * case when draw2 < 0.7 then 1 else 0.4 end)::int as authorised,
    absent - (absent * case when draw2 < 0.7 then 1 else 0.4 end)::int as unauthorised,
    least(possible - absent, case when draw2 > 0.93 then 1 else 0 end) as late from pupil_week;
create table period as
  select 'week' as period_type, strftime(week_start, '%Y-%m-%d') as period_key, academic_year, half_term, term,
    'Week of ' || strftime(week_start, '%-d %B %Y') as label, strftime(week_start, '%-d %b %Y') as short_label,
    week_start as start_date, week_start + 4 as end_date from day group by all
  union all select 'half_term', academic_year || ' ' || half_term, academic_year, half_term, term,
    academic_year || ' half term ' || half_term_order || ' (' || display_name || ')', academic_year || ' ' || half_term, first_day, last_day from half_term
  union all select 'term', academic_year || ' ' || term, academic_year, null, term, academic_year || ' ' || term || ' term',
    academic_year || ' ' || term, min(first_day), max(last_day) from half_term group by academic_year, term
  union all select 'year', academic_year, academic_year, null, null, academic_year, academic_year,
    min(first_day), max(last_day) from half_term group by academic_year;
create table pupil_period as
  select school_urn, slug, phase, pupil, year_group, sex, fsm, sen_status, english_additional_language, looked_after,
    period_type, period_key, p.academic_year,
    sum(possible) as possible, sum(attended) as attended, sum(absent) as absent, sum(authorised) as authorised,
    sum(unauthorised) as unauthorised, sum(late) as late, sum(missing) as missing,
    10 * sum(absent) >= sum(possible) and max(period_type) <> 'week' as persistent,
    2 * sum(absent) >= sum(possible) and max(period_type) <> 'week' as severe
  from pw join period p on case p.period_type when 'week' then p.period_key = strftime(pw.week_start, '%Y-%m-%d')
    when 'half_term' then p.period_key = pw.academic_year || ' ' || pw.half_term
    when 'term' then p.period_key = pw.academic_year || ' ' || pw.term else p.period_key = pw.academic_year end
  group by all having sum(possible) > 0;
create table entity as
  select 'school' as place_type, slug as place_key, school_name as place_name, slug, phase, phase_order, phase_label, school_order as place_order, slug as member, school_urn from school
  union all select 'phase', phase, phase_label || ' schools', null, phase, phase_order, phase_label, 100 + phase_order, slug, null from school
  union all select 'trust', 'trust', 'Mock Learning Trust', null, null, null, null, 0, slug, null from school;
"""

PLACE = "place_type, place_key, place_name, slug, phase, phase_order, place_order"
E = ", ".join(f"e.{name.strip()}" for name in PLACE.split(","))
PERCENTS = """100.0 * sum(attended) / sum(possible) as attendance_percent, 100.0 * sum(absent) / sum(possible) as overall_absence_percent,
    100.0 * sum(authorised) / sum(possible) as authorised_absence_percent,
    100.0 * sum(unauthorised) / sum(possible) as unauthorised_absence_percent, 100.0 * sum(late) / sum(possible) as late_percent"""
SHARES = """case when max(period_type) <> 'week' then 100.0 * count(*) filter (persistent) / count(*) end as persistent_absence_percent,
    case when max(period_type) <> 'week' then 100.0 * count(*) filter (severe) / count(*) end as severe_absence_percent"""
SUMS = """sum(possible)::bigint as possible_sessions, sum(attended)::bigint as attended_sessions, sum(absent)::bigint as absent_sessions,
    sum(authorised)::bigint as authorised_sessions, sum(unauthorised)::bigint as unauthorised_sessions,
    sum(late)::bigint as late_sessions, sum(missing)::bigint as missing_sessions"""
MEASURES = ("attendance", "overall_absence", "authorised_absence", "unauthorised_absence", "late", "persistent_absence", "severe_absence")


def _tables() -> dict[str, str]:
    """Each reports table's query over the base tables."""
    m = (*MEASURES, "missing_marks")
    changes = ", ".join(
        f"c.{x}_percent - v.{x}_percent as {x}_change_previous, c.{x}_percent - y.{x}_percent as {x}_change_last_year" for x in m
    )
    gaps = ", ".join(f"a.{x}_percent, o.{x}_percent as peers_{x}_percent, a.{x}_percent - o.{x}_percent as {x}_gap" for x in MEASURES)
    dimensions = ("year_group", "sex", "fsm", "sen_status", "english_additional_language", "looked_after")
    long = " union all ".join(
        f"select *, '{d}' as cohort_dimension, {d} as cohort from pupil_period where period_type <> 'week'" for d in dimensions
    )
    flags = "false as is_suppressed, false as persistent_is_suppressed, false as severe_is_suppressed"
    behind = "case when slug = 'the-harbour-school' then 2 else 0 end"
    return {
        "rpt_release": f"""select 'Mock Learning Trust' as trust_name, date '{AS_OF}' as as_of, date '{AS_OF}' as newest_marks_date,
            '2026/27' as academic_year, '2026/27 HT2' as current_half_term, '2026/27 HT1' as latest_complete_half_term,
            6 as schools, (select count(distinct pupil)::int from pupil) as pupils, 6 as suppression_minimum_pupils""",
        "rpt_places": f"""select {PLACE}, any_value(phase_label) as phase_label, any_value(school_urn) as school_urn, 'year' as period_type, '2026/27' as period_key, false as is_suppressed,
              max(case when place_type = 'school' then '886' end) as la_code, max(case when place_type = 'school' then la_name end) as la_name,
              max(case when place_type = 'school' then region_name end) as region_name, count(*)::int as schools, sum(n)::bigint as pupils_now,
              date '{AS_OF}' - case when place_key = 'the-harbour-school' then 2 else 0 end as newest_marks_date
            from entity left join (select slug as member, any_value(la_name) as la_name, any_value(region_name) as region_name from school group by slug) using (member)
            join (select slug as member, count(*) as n from pupil group by slug) using (member) group by all""",
        "rpt_periods": f"""with p as (select *, row_number() over w::int as period_order, start_date = max(start_date) over (partition by period_type) as is_latest,
              lag(period_key) over w as previous_period_key, lag(short_label) over w as previous_label from period window w as (partition by period_type order by start_date))
            select p.*, least(p.end_date, date '{AS_OF}') as figures_to, p.end_date > date '{AS_OF}' as is_running, p.is_latest and p.period_type = 'year' as is_default,
              y.period_key as last_year_period_key, y.short_label as last_year_label from p left join p y on y.period_type = p.period_type and case when p.period_type = 'week'
              then y.start_date = p.start_date - 364 else left(y.academic_year, 4)::int = left(p.academic_year, 4)::int - 1 and y.half_term is not distinct from p.half_term and y.term is not distinct from p.term end""",
        "rpt_headline": f"""with c as (select {E}, 'all' as population, pp.academic_year, period_type, period_key,
              count(distinct pp.slug)::int as schools, count(*)::int as pupils, {SUMS}, (sum(possible) + sum(missing))::bigint as expected_marks, sum(possible)::bigint as recorded_marks, 0 as refused_marks,
              case when max(period_type) <> 'week' then count(*) filter (persistent) end::int as persistently_absent_pupils,
              case when max(period_type) <> 'week' then count(*) filter (severe) end::int as severely_absent_pupils,
              case when max(period_type) <> 'week' then count(*) filter (20 * absent >= possible and 20 * absent < 3 * possible) end::int as at_risk_pupils,
              {PERCENTS}, 100.0 * sum(missing) / (sum(possible) + sum(missing)) as missing_marks_percent, {SHARES}
            from entity e join pupil_period pp on pp.slug = e.member group by all)
            select c.*, p.period_order, p.start_date, p.half_term, p.previous_period_key, p.last_year_period_key, {changes},
              case when p.is_running then 'Still running: figures to ' || strftime(p.figures_to, '%-d %B %Y') || ' beside whole periods' end as comparison_note,
              case when c.place_type = 'school' then rank() over (partition by c.place_type, c.phase, c.period_key order by c.attendance_percent desc) end::int as attendance_rank,
              case when c.place_type = 'school' then rank() over (partition by c.place_type, c.phase, c.period_key order by c.unauthorised_absence_percent) end::int as unauthorised_absence_rank,
              case when c.place_type = 'school' then count(*) over (partition by c.place_type, c.phase, c.period_key) end::int as schools_in_phase, {flags}
            from c join rpt_periods p using (period_type, period_key)
            left join c v on v.place_type = c.place_type and v.place_key = c.place_key and v.period_type = c.period_type and v.period_key = p.previous_period_key
            left join c y on y.place_type = c.place_type and y.place_key = c.place_key and y.period_type = c.period_type and y.period_key = p.last_year_period_key""",
        "rpt_guide_measures": f"""select measure, display_name as measure_label, short_name, measure_order::int as measure_order, better, definition, source
            from '{SEEDS}/reports/measure_definitions.csv'""",
        # DfE's figures here are for whole terms and years up to 2025/26: newer windows stand beside the year before
        "rpt_benchmarks": f"""with dfe(comparator_type, kind, comparator_order, shift) as (values ('national', 'England', 1, 0.4), ('region', 'Region', 2, 0.2),
                ('local_authority', 'Local authority', 3, -0.3), ('trust', 'Trust', 5, -0.2)),
            own as (unpivot (select {PLACE}, academic_year, period_type, period_key, period_order, {", ".join(f"{x}_percent as {x}" for x in MEASURES if x != "late")}
                from rpt_headline where place_type <> 'trust' and period_type <> 'week') on {", ".join(x for x in MEASURES if x != "late")} into name measure value own_percent),
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
            from f join rpt_guide_measures g using (measure)""",
        "rpt_bands": f"""with banded as (select pp.*, b.absence_band from pupil_period pp join '{SEEDS}/absence_bands.csv' b
              on 100 * absent >= low_percent * possible and (high_percent is null or 100 * absent < high_percent * possible) where period_type <> 'week'),
            who as (select {E}, b.academic_year, period_type, period_key, 'all' as year_group, absence_band, count(*) as pupils
                from entity e join banded b on b.slug = e.member where place_type <> 'trust' group by all
              union all select {E}, b.academic_year, period_type, period_key, year_group, absence_band, count(*)
                from entity e join banded b on b.slug = e.member where place_type = 'school' group by all),
            cells as (select distinct w.* exclude (absence_band, pupils), b.absence_band, b.band_order::int as band_order, b.display_label as band_label, b.status as band_status_label
              from who w cross join '{SEEDS}/absence_bands.csv' b)
            select c.*, n.display_name as year_group_label, n.year_group_order::int as year_group_order, p.period_order, coalesce(w.pupils, 0)::bigint as pupils,
              sum(coalesce(w.pupils, 0)) over g::bigint as pupils_with_band, 100.0 * coalesce(w.pupils, 0) / sum(coalesce(w.pupils, 0)) over g as percent_of_pupils,
              p.previous_period_key, null::double as percent_change_previous, false as is_suppressed
            from cells c join rpt_periods p using (period_type, period_key) left join who w using (place_type, place_key, period_key, year_group, absence_band)
            join (select 'all' as year_group, 'All year groups' as display_name, 0 as year_group_order union all select year_group, display_name, year_group_order from '{SEEDS}/year_groups.csv') n on n.year_group = c.year_group
            window g as (partition by c.place_type, c.place_key, c.period_key, c.year_group)""",
        "rpt_cohorts": f"""with long as ({long}),
            a as (select {E}, l.academic_year, period_type, period_key, cohort_dimension, cohort, count(*)::bigint as pupils, {SUMS},
              count(*) filter (persistent)::bigint as persistently_absent_pupils, count(*) filter (severe)::bigint as severely_absent_pupils, {PERCENTS}, {SHARES}
              from entity e join long l on l.slug = e.member where place_type <> 'trust' group by all),
            o as (select x.place_type, x.place_key, x.period_key, x.cohort_dimension, x.cohort, sum(z.pupils)::bigint as peers_pupils,
              100.0 * sum(z.attended_sessions) / sum(z.possible_sessions) as attendance_percent, 100.0 * sum(z.absent_sessions) / sum(z.possible_sessions) as overall_absence_percent,
              100.0 * sum(z.authorised_sessions) / sum(z.possible_sessions) as authorised_absence_percent, 100.0 * sum(z.unauthorised_sessions) / sum(z.possible_sessions) as unauthorised_absence_percent,
              100.0 * sum(z.late_sessions) / sum(z.possible_sessions) as late_percent, 100.0 * sum(z.persistently_absent_pupils) / sum(z.pupils) as persistent_absence_percent,
              100.0 * sum(z.severely_absent_pupils) / sum(z.pupils) as severe_absence_percent
              from a x join a z on x.place_type = z.place_type and x.place_key = z.place_key and x.period_key = z.period_key
                and x.cohort_dimension = z.cohort_dimension and x.cohort <> z.cohort group by all)
            select a.* exclude ({", ".join(x + "_percent" for x in MEASURES)}), p.period_order, d.display_name as dimension_label, d.dimension_order::int as dimension_order, d.peer_description as gap_basis,
              coalesce(n.display_name, 'Year ' || cohort) as cohort_label, coalesce(n.cohort_order, cohort::int) as cohort_order, coalesce(n.is_rest, false) as is_rest,
              o.peers_pupils, {gaps},
              100.0 * a.absent_sessions / sum(a.absent_sessions) over g as share_of_absence_percent, 100.0 * a.pupils / sum(a.pupils) over g as share_of_pupils_percent, {flags}
            from a join rpt_periods p using (period_type, period_key) left join o using (place_type, place_key, period_key, cohort_dimension, cohort)
            join '{SEEDS}/cohort_dimensions.csv' d using (cohort_dimension)
            left join '{SEEDS}/reports/cohort_names.csv' n using (cohort_dimension, cohort) window g as (partition by a.place_type, a.place_key, a.period_key, a.cohort_dimension)""",
        "rpt_code_use": f"""with share(code, part, share) as (values ('/', 'attended', 0.5), ('\\', 'attended', 0.49), ('L', 'late', 1.0), ('I', 'authorised', 0.7), ('M', 'authorised', 0.2), ('C', 'authorised', 0.1),
              ('O', 'unauthorised', 0.5), ('G', 'unauthorised', 0.25), ('N', 'unauthorised', 0.15), ('U', 'unauthorised', 0.1)),
            r as (select {PLACE}, h.academic_year, period_type, period_key, period_order, 'all' as year_group, 'All year groups' as year_group_label, 0 as year_group_order, s.code,
              (case part when 'attended' then attended_sessions when 'late' then late_sessions when 'authorised' then authorised_sessions else unauthorised_sessions end
                * share * (case when place_key = 'northgate-academy' and code = 'C' then 2.2 else 1 end))::bigint as sessions, possible_sessions
              from rpt_headline h cross join share s where place_type <> 'trust' and period_type <> 'week'),
            q as (select *, 100.0 * sessions / possible_sessions as percent_of_possible from r)
            select q.*, c.description, c.statistical_category, upper(left(replace(c.statistical_category, '_', ' '), 1)) || substr(replace(c.statistical_category, '_', ' '), 2) as category_label,
              case when c.statistical_category = 'present' then 1 when c.statistical_category like 'auth%' then 2 else 3 end::int as category_order,
              row_number() over (partition by q.place_type, q.place_key, q.period_key order by q.code)::int as code_order, 50::bigint as pupils, p.percent_of_possible as phase_percent,
              q.percent_of_possible - p.percent_of_possible as difference_percentage_points, q.percent_of_possible / nullif(p.percent_of_possible, 0) as ratio_to_phase,
              coalesce(q.percent_of_possible > 1.4 * p.percent_of_possible, false) as stands_out, false as is_suppressed
            from q join '{SEEDS}/attendance_codes.csv' c on c.code = q.code and c.valid_to is null
            left join q p on p.place_type = 'phase' and q.place_type = 'school' and p.place_key = q.phase and p.period_key = q.period_key and p.code = q.code""",
        "rpt_registers": """select s.school_urn, s.slug, s.school_name, s.phase, s.phase_order, s.school_order as place_order, h.academic_year, h.period_type, h.period_key, h.period_order, expected_marks,
            possible_sessions as recorded_marks, missing_sessions as missing_marks, 0::bigint as quarantined_marks, missing_marks_percent as missing_percent,
            case period_type when 'week' then 10 when 'half_term' then 70 else 380 end::bigint as registers_expected, least(missing_sessions, 6)::bigint as registers_incomplete
            from rpt_headline h join school s on h.slug = s.slug where h.period_type <> 'term'""",
        "rpt_missing_registers": f"""select slug, school_name, place_order, session_date, session, strftime(session_date, '%a %-d %b %Y') || case session when 'AM' then ', morning' else ', afternoon' end as session_label,
              expected::bigint as expected_marks, (expected - missing)::bigint as recorded_marks, missing::bigint as missing_marks, 0::bigint as quarantined_marks, 100.0 * missing / expected as missing_percent
            from (select s.slug, s.school_name, s.school_order as place_order, d.session_date, x.session, pupils_a_year * (high_year - low_year + 1) as expected,
              case when s.slug = 'the-harbour-school' and session_date > date '2026-11-11' then pupils_a_year * 5
                when chance(s.slug, session_date, session) < 0.04 then floor(chance(s.slug, session_date, 'x') * 40) else 0 end as missing
              from school s, day d, (values ('AM'), ('PM')) x(session) where session_date > date '{AS_OF}' - 54) where missing > 0""",
        "rpt_school_data": f"""select slug, school_name, phase, phase_order, school_order as place_order, timestamp '{AS_OF} 17:02:00' - to_days({behind}) as newest_received_at,
              timestamp '{AS_OF} 16:10:00' - to_days({behind}) as newest_exported_at, date '{AS_OF}' - {behind} as newest_marks_date, {behind} as school_days_behind, 47::bigint as extracts,
              0::bigint as held_extracts, 52000::bigint as rows, 47310::bigint as applied, 4200::bigint as superseded, 12::bigint as identical_duplicate, 440::bigint as no_mark, 38::bigint as quarantined, 0::bigint as held,
              100.0 * 38 / 52000 as quarantined_percent, h.missing_sessions as missing_marks, 14::bigint as outstanding_reasons,
              case when {behind} > 0 then 'behind' else 'up_to_date' end as status, case when {behind} > 0 then '2 school days behind' else 'Up to date' end as status_label
            from school join (select place_key as slug, missing_sessions from rpt_headline where period_key = '2026/27') h using (slug)""",
        "rpt_extracts": f"""select slug, school_name, slug || n as extract_id, kind || '_2026' || lpad((1113 - n)::varchar, 4, '0') || '.csv' as file_name, kind, timestamp '{AS_OF} 16:10:00' - to_days(n::int) as exported_at,
              timestamp '{AS_OF} 17:02:00' - to_days(n::int) as received_at, date '{AS_OF}' - 60 as first_date, date '{AS_OF}' - n::int as last_date, 5200::bigint as rows, 4731::bigint as applied,
              420::bigint as superseded, 1::bigint as identical_duplicate, 44::bigint as no_mark, 4::bigint as quarantined, 0::bigint as held, (n + 1)::int as extract_order
            from school, (values (0, 'marks'), (1, 'marks'), (2, 'pupils'), (3, 'calendar')) k(n, kind)""",
        "rpt_refused_rows": f"""select slug, school_name, school_order as place_order, kind, reason, reason_order::int as reason_order, what_is_wrong as reason_label, what_to_do, 1 + (chance(slug, reason, 'n') * 30)::bigint as rows,
            1 + (chance(slug, reason, 'e') * 3)::bigint as extracts, timestamp '{AS_OF} 17:02:00' as newest_received_at
            from school, '{SEEDS}/quarantine_reasons.csv', (values ('marks')) k(kind) where chance(slug, reason, 'r') < 0.22""",
        "rpt_findings": f"""select slug, school_name, school_order as place_order, finding, finding_label, severity, severity_order, date '2026-09-14' as first_date, date '{AS_OF}' as last_date, 1 + (chance(slug, finding, 'n') * 20)::bigint as rows, what_to_do
            from school, (values ('left_without_leaving_date', 'Pupils who vanished from the pupils extract without a leaving date', 'warn', 2, 'Give the leaving date in the school''s system and export the pupils again.'),
              ('amendment_differs', 'Amendments that differ from the mark in force', 'warn', 2, 'Correct the register or the amendment log.')) f(finding, finding_label, severity, severity_order, what_to_do) where chance(slug, finding, 'f') < 0.5""",
        "rpt_guide_codes": f"""select code, description, valid_from, valid_to, valid_to is null as is_current, statistical_category, upper(left(replace(statistical_category, '_', ' '), 1)) || substr(replace(statistical_category, '_', ' '), 2) as category_label,
            case when is_attended then 1 when is_absent then 2 else 3 end::int as category_order, row_number() over (order by valid_to is not null, statistical_category, code)::int as code_order,
            case when is_attended then 'A session attended' when is_absent then 'A session absent' else 'Not a possible session' end as counts_as,
            is_possible, is_attended, is_absent, is_late, is_reason_outstanding from '{SEEDS}/attendance_codes.csv'""",
        "rpt_guide_bands": f"""select absence_band, band_order::int as band_order, display_label as band_label, attendance_label, status as band_status_label, low_percent::double as low_percent, high_percent::double as high_percent
            from '{SEEDS}/absence_bands.csv'""",
        "rpt_guide_rules": f"""select rule_name, upper(left(rule_name, 1)) || replace(substr(rule_name, 2), '_', ' ') as label, value::double as value, unit, description, source from '{SEEDS}/rules.csv' where valid_to is null""",
        "rpt_guide_reasons": f"""select reason, reason_order::int as reason_order, what_is_wrong as reason_label, what_to_do from '{SEEDS}/quarantine_reasons.csv'""",
    }  # fmt: skip


def _contract(table: str) -> dict[str, str]:
    """The columns and types that the real model promises: the mock has exactly these, or cannot be made."""
    model = yaml.safe_load((MODELS / f"{table}.yml").read_text("utf-8"))["models"][0]
    return {column["name"]: column["data_type"] for column in model["columns"]}


def make(path: Path) -> Path:
    """Writes the mock warehouse to path (which must not exist) and returns it."""
    with duckdb.connect(str(path)) as connection:
        connection.execute("create schema reports; create schema reference; create schema base; set schema = 'base'")
        for seed in SEEDS.glob("*.csv"):
            connection.execute(f"create table reference.{seed.stem} as from read_csv('{seed}', all_varchar = true)")
        connection.execute(BASE)
        connection.execute("set search_path = 'reports,base'")
        for table, query in _tables().items():
            columns = ", ".join(f"{name}::{kind} as {name}" for name, kind in _contract(table).items())
            connection.execute(f"create table reports.{table} as select {columns} from ({query})")
        connection.execute("drop schema base cascade; checkpoint")
    return path


if __name__ == "__main__":
    import sys

    make(Path(sys.argv[1]))
