create macro chance(a, b, c) as (hash(a || '|' || b || '|' || c) % 1000003) / 1000003.0;
create table school as select *, row_number() over (order by phase_order, school_name)::int as school_order,
  display_name as phase_label from (values
  (900001, 'ashfield-primary', 'Ashfield Primary School', 'primary', 'Kent', 'South East', 1, 6, 58, 0.052),
  (900002, 'st-brannocks-ce-primary', 'St Brannock''s Church of England Primary School', 'primary', 'Kent', 'South East', 1, 6, 44, 0.061),
  (900003, 'larkhill-primary', 'Larkhill Primary School', 'primary', 'Medway', 'South East', 1, 6, 22, 0.078),
  (900004, 'northgate-academy', 'Northgate Academy', 'secondary', 'Kent', 'South East', 7, 11, 120, 0.094),
  (900005, 'the-harbour-school', 'The Harbour School', 'secondary', 'Medway', 'South East', 7, 11, 98, 0.083),
  (900006, 'beacon-hill', 'Beacon Hill School', 'special', 'Kent', 'South East', 1, 11, 12, 0.13)
) as t(school_urn, slug, school_name, phase, la_name, region_name, low_year, high_year, pupils_a_year, absence) join '{seeds}/school_phases.csv' using (phase);
create table half_term as select t.*, h.term, h.half_term_order, h.display_name, h.term_name
  from (values
  ('2025/26','HT1',date '2025-09-01',date '2025-10-24'), ('2025/26','HT2',date '2025-11-03',date '2025-12-19'),
  ('2025/26','HT3',date '2026-01-05',date '2026-02-13'), ('2025/26','HT4',date '2026-02-23',date '2026-04-02'),
  ('2025/26','HT5',date '2026-04-20',date '2026-05-22'), ('2025/26','HT6',date '2026-06-01',date '2026-07-21'),
  ('2026/27','HT1',date '2026-09-02',date '2026-10-23'), ('2026/27','HT2',date '2026-11-02',date '2026-12-18')
) as t(academic_year, half_term, first_day, last_day) join '{seeds}/half_terms.csv' h using (half_term);
create table day as select academic_year, half_term, term, d::date as session_date, date_trunc('week', d)::date as week_start
  from half_term, generate_series(first_day, least(last_day, date '{as_of}'), interval 1 day) g(d) where isodow(d) <= 5;
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
