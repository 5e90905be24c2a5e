-- A small invented trust as the marts would hold it, for tests of what is built on the marts. Every value follows from
-- hash(), so the same figures come out each time. Reference data are the seeds themselves, loaded before.
create schema marts;
create schema staging;
create schema intermediate;

create table staging.stg_trust as select 'Saltmarsh Learning Trust' as trust_name, date '2025-11-14' as as_of;

create table marts.dim_school as
select * from (values
    (900001, 'alder-primary', 'Alder Primary School', 'primary', '877', 'Warrington', 'North West', 16),
    (900002, 'beech-primary', 'Beech Church of England Primary School', 'primary', '877', 'Warrington', 'North West', 20),
    (900003, 'cedar-primary', 'Cedar Primary School', 'primary', '303', 'Bexley', 'London', 12),
    (900004, 'damson-primary', 'Damson Primary School', 'primary', '303', 'Bexley', 'London', 9),
    (900005, 'elm-academy', 'Elm Academy', 'secondary', '877', 'Warrington', 'North West', 40),
    (900006, 'fir-high', 'Fir High School', 'secondary', '303', 'Bexley', 'London', 30),
    (900007, 'gorse-school', 'Gorse School', 'secondary', '877', 'Warrington', 'North West', 26),
    (900008, 'holly-special', 'Holly School', 'special', '877', 'Warrington', 'North West', 4)
) as school (school_urn, slug, school_name, phase, la_code, la_name, region_name, pupils_a_year);

create table marts.dim_attendance_code as from reference.attendance_codes;
create table marts.dim_rule as select *, 'default' as origin from reference.rules;

create table marts.dim_half_term as
select school_urn, academic_year, half_term, start_date, end_date
from marts.dim_school
cross join (values
    ('2024/25', 'HT1', date '2024-09-04', date '2024-10-18'), ('2024/25', 'HT2', date '2024-10-28', date '2024-12-19'),
    ('2024/25', 'HT6', date '2025-06-02', date '2025-07-18'),
    ('2025/26', 'HT1', date '2025-09-03', date '2025-10-17'), ('2025/26', 'HT2', date '2025-11-03', date '2025-12-19')
) as half_term (academic_year, half_term, start_date, end_date);

-- Some half terms and every fifth day or so stand for the years: the shapes are those of whole registers.
create table intermediate.int_school_sessions as
select
    half_term.school_urn, cast(day as date) as session_date, session, half_term.academic_year, half_term.half_term,
    names.term, cast(date_trunc('week', day) as date) as week_start
from marts.dim_half_term as half_term
inner join reference.half_terms as names using (half_term)
cross join (values ('AM'), ('PM')) as halves (session),
    unnest(generate_series(half_term.start_date, half_term.end_date, interval 1 day)) as days (day)
where isodow(day) <= 5 and day <= timestamp '2025-11-14' and dayofyear(day) % 4 = 2;

create temp table pupils as
select
    *,
    hash(pupil_key || 'severe') % 10000 / 10000.0 < 0.02 as is_severe,
    -- A few pupils miss much, most miss little; pupils with free school meals miss more.
    0.015 + 0.12 * power(hash(pupil_key || 'rate') % 10000 / 10000.0, 4) + if(fsm = 'Y', 0.03, 0) + if(phase = 'primary', 0, 0.02) as absence_rate
from (
    select
        school.school_urn, school.phase, years.year_group,
        sha256(concat_ws('-', school.slug, years.year_group, cast(n as varchar))) as pupil_key,
        years.year_group || if(n % 2 = 0, 'A', 'B') as form
    from marts.dim_school as school
    inner join reference.year_groups as years on case school.phase
        when 'primary' then cast(years.year_group_order as integer) between 3 and 9
        when 'secondary' then cast(years.year_group_order as integer) between 10 and 14
        else cast(years.year_group_order as integer) between 7 and 14 end
    cross join range(school.pupils_a_year) as number (n)
) as roll
cross join lateral (
    select
        if(hash(pupil_key || 'sex') % 2 = 0, 'F', 'M') as sex,
        if(hash(pupil_key || 'fsm') % 4 = 0, 'Y', 'N') as fsm,
        if(hash(pupil_key || 'pp') % 7 = 0, 'Y', 'N') as pupil_premium,
        case when hash(pupil_key || 'sen') % 30 = 0 then 'E' when hash(pupil_key || 'sen') % 7 = 0 then 'K' else 'N' end
            as sen_status,
        if(hash(pupil_key || 'eal') % 6 = 0, 'Y', 'N') as english_additional_language,
        if(hash(pupil_key || 'lac') % 60 = 0, 'Y', 'N') as looked_after,
        if(hash(pupil_key || 'cin') % 25 = 0, 'Y', if(hash(pupil_key || 'cin') % 25 = 1, 'unknown', 'N')) as child_in_need,
        if(hash(pupil_key || 'yc') % 35 = 0, 'Y', 'N') as young_carer,
        case when hash(pupil_key || 'eth') % 8 < 5 then 'WBRI' when hash(pupil_key || 'eth') % 40 = 7 then 'WROM'
            when hash(pupil_key || 'eth') % 8 = 6 then 'APKN' else 'BAFR' end as ethnicity
) as characteristics;

create table marts.fct_sessions as
with draws as (
    select
        pupils.*, day.session_date, day.session, day.academic_year, day.half_term, day.term, day.week_start,
        (hash(pupils.pupil_key || day.session_date) % 10000) / 10000.0 as luck,
        hash(pupils.pupil_key || day.session_date || 'why') % 100 as why
    from pupils
    inner join intermediate.int_school_sessions as day using (school_urn)
),

marked as (
    select
        *,
        case
            when school_urn = 900003 and session_date = date '2025-11-14' then null
            when luck < if(is_severe, 0.6, absence_rate) then case
                when why < 60 then 'I' when why < 75 then 'M' when why < 85 then 'O' when why < 93 then 'U'
                when why < 96 then 'G' when why < 98 then 'N' else 'E' end
            when luck > 0.985 then 'L'
            when luck > 0.98 and phase = 'secondary' then if(school_urn = 900006, 'B', 'V')
            when why = 99 and hash(pupil_key || 'dual') % 40 = 0 then 'D'
            when session = 'AM' then '/' else chr(92) end as code
    from draws
)

select
    marked.pupil_key, school_urn, session_date, session, academic_year, half_term, term, week_start, year_group, code,
    if(code is null, 'missing', 'recorded') as mark_status,
    if(code is null, null, 'extract-' || school_urn) as extract_id,
    coalesce(cast(codes.is_possible as boolean), false) as is_possible,
    coalesce(cast(codes.is_attended as boolean), false) as is_attended,
    coalesce(cast(codes.is_absent as boolean), false) as is_absent,
    coalesce(cast(codes.is_authorised_absence as boolean), false) as is_authorised_absence,
    coalesce(cast(codes.is_unauthorised_absence as boolean), false) as is_unauthorised_absence,
    coalesce(cast(codes.is_late as boolean), false) as is_late
from marked
left join (from reference.attendance_codes where valid_to is null) as codes using (code);

create table marts.fct_bands as
with periods as (
    select *, unnest(['week', 'half_term', 'term', 'year']) as period_type,
        unnest([cast(week_start as varchar), academic_year || ' ' || half_term, academic_year || ' ' || term, academic_year])
            as period_key
    from marts.fct_sessions
),

sums as (
    select
        pupil_key, school_urn, academic_year, period_type, period_key, year_group,
        count(*) filter (where is_possible) as possible_sessions,
        count(*) filter (where is_attended) as attended_sessions,
        count(*) filter (where is_absent) as absent_sessions,
        count(*) filter (where is_authorised_absence) as authorised_sessions,
        count(*) filter (where is_unauthorised_absence) as unauthorised_sessions,
        count(*) filter (where is_late) as late_sessions,
        count(*) filter (where mark_status = 'missing') as missing_sessions
    from periods
    group by all
)

select
    sums.*, band.absence_band,
    possible_sessions > 0 and 10 * absent_sessions >= possible_sessions as is_persistently_absent,
    possible_sessions > 0 and 2 * absent_sessions >= possible_sessions as is_severely_absent,
    year_group != 'R' as is_compulsory_school_age
from sums
left join reference.absence_bands as band
    on possible_sessions > 0
    and 100 * absent_sessions >= cast(band.low_percent as integer) * possible_sessions
    and 100 * absent_sessions < coalesce(cast(band.high_percent as integer), 101) * possible_sessions;

create table marts.fct_band_distribution as
select school_urn, academic_year, period_type, period_key, year_group, absence_band, count(*) as pupils
from marts.fct_bands where absence_band is not null group by all;

create table marts.fct_cohorts as
with members as (
    select
        band.*, population,
        unnest(['all', 'year_group', 'form', 'sex', 'fsm', 'pupil_premium', 'sen_status', 'english_additional_language',
            'looked_after', 'child_in_need', 'young_carer', 'ethnicity']) as cohort_dimension,
        unnest(['all', pupils.year_group, form, sex, fsm, pupil_premium, sen_status, english_additional_language,
            looked_after, child_in_need, young_carer, ethnicity]) as cohort
    from marts.fct_bands as band
    inner join pupils using (pupil_key)
    cross join (values ('all'), ('compulsory_school_age')) as populations (population)
    where population = 'all' or band.is_compulsory_school_age
)

select
    school_urn, academic_year, period_type, period_key, population, cohort_dimension, cohort,
    count(*) filter (where possible_sessions > 0) as pupils,
    sum(possible_sessions) as possible_sessions, sum(attended_sessions) as attended_sessions,
    sum(absent_sessions) as absent_sessions, sum(authorised_sessions) as authorised_sessions,
    sum(unauthorised_sessions) as unauthorised_sessions, sum(late_sessions) as late_sessions,
    sum(missing_sessions) as missing_sessions,
    count(*) filter (where is_persistently_absent) as persistently_absent_pupils,
    count(*) filter (where is_severely_absent) as severely_absent_pupils
from members
group by all;

create table marts.fct_code_usage as
with periods as (
    select *, unnest(['week', 'half_term', 'term', 'year']) as period_type,
        unnest([cast(week_start as varchar), academic_year || ' ' || half_term, academic_year || ' ' || term, academic_year])
            as period_key
    from marts.fct_sessions
    where code is not null
)

select school_urn, year_group, academic_year, period_type, period_key, code, count(*) as sessions
from periods
group by all;

create table marts.fct_code_monitoring as
with used as (
    select
        usage.school_urn, school.phase, usage.academic_year, usage.period_type, usage.period_key, usage.code,
        sum(usage.sessions)::bigint as sessions, any_value(cohort.possible_sessions)::bigint as possible_sessions
    from marts.fct_code_usage as usage
    inner join marts.dim_school as school using (school_urn)
    inner join marts.fct_cohorts as cohort using (school_urn, period_type, period_key)
    where usage.period_type != 'week' and cohort.cohort_dimension = 'all' and cohort.population = 'all'
    group by all
),
others as (
    select
        *, 'all' as population, sessions // 3 + 1 as pupils, (count(*) over peers - 1)::integer as other_schools,
        (sum(sessions) over peers - sessions)::bigint as other_sessions,
        (sum(possible_sessions) over peers - possible_sessions)::bigint as other_possible_sessions
    from used
    window peers as (partition by phase, period_type, period_key, code)
)
select
    *, 100.0 * sessions / possible_sessions as percent_of_possible,
    100.0 * other_sessions / nullif(other_possible_sessions, 0) as other_percent, 1.5 as dfe_percent,
    0.5 * other_percent as inner_low_percent, 1.5 * other_percent as inner_high_percent,
    0.2 * other_percent as outer_low_percent, 2 * other_percent as outer_high_percent,
    null::double as expected_sessions, null::double as dispersion, null::double as between_schools_percentage_points,
    null::double as p_value, null::double as q_value, null::bigint as dfe_sessions,
    null::bigint as dfe_possible_sessions, null::varchar as dfe_source, 'compared' as dfe_status,
    case when hash(school_urn, period_key, code) % 10 = 0 then 'high' else 'within' end as monitoring_status
from others;

create table marts.fct_register_completeness as
select
    school_urn, session_date, session, count(*) as expected_marks,
    count(*) filter (where mark_status = 'recorded') as recorded_marks,
    count(*) filter (where mark_status = 'missing') as missing_marks, 0 as quarantined_marks
from marts.fct_sessions
group by all;

create table marts.fct_extracts as
select
    'extract-' || school_urn as extract_id, school_urn, 'marks' as kind, 'marks_20251114.csv' as file_name,
    timestamp '2025-11-14 16:00' as exported_at, timestamp '2025-11-14 17:30' as received_at,
    min(session_date) as first_date, max(session_date) as last_date,
    count(*) + 7 as rows, count(*) filter (where code is not null) as applied, 0 as superseded, 2 as identical_duplicate,
    count(*) filter (where code is null) as no_mark, 5 as quarantined, 0 as held,
    null::varchar as problem, null::varchar as review_status, null::bigint as marks, null::bigint as marks_in_force
from marts.fct_sessions
group by school_urn;

create table marts.fct_quarantined_rows as
select school_urn, 'extract-' || school_urn as extract_id, 'marks' as kind, 10 + n as source_row,
    if(n < 3, 'unknown_pupil', 'unknown_code') as reason
from marts.dim_school
cross join range(5) as number (n);

create table intermediate.int_pupils as
select row_number() over (order by pupil_key) as pupil_id, pupil_key
from (select distinct pupil_key from marts.fct_sessions);

create table intermediate.int_findings_codes as
select null::integer as school_urn, null::varchar as finding, null::bigint as pupils
where false;

create table marts.fct_quality_findings as
select 900003 as school_urn, 'missing_registers' as finding, 'warn' as severity, date '2025-11-14' as first_date,
    date '2025-11-14' as last_date, 2 as rows;

create table marts.fct_benchmarks as
with own as (
    select cohort.*, phase, la_code, unnest(['attendance', 'overall_absence', 'persistent_absence']) as measure,
        unnest([attended_sessions, absent_sessions, persistently_absent_pupils]) as numerator,
        unnest([possible_sessions, possible_sessions, pupils]) as denominator
    from marts.fct_cohorts as cohort
    inner join marts.dim_school using (school_urn)
    where population = 'compulsory_school_age' and cohort_dimension = 'all' and period_type != 'week'
),

compared as (
    select own.*, 'trust' as comparator_type, 'Saltmarsh Learning Trust' as comparator, null as series,
        'Registers of the trust' as source, 'compared' as comparison_status,
        100.0 * sum(numerator) over phases / sum(denominator) over phases as comparator_percent
    from own
    window phases as (partition by phase, period_key, measure)
    union all
    select own.*, geography_level, geography_name, 'daily', series.source,
        if(own.academic_year = series.academic_year, 'compared', 'period_running'),
        case when own.academic_year = series.academic_year then case measure
            when 'attendance' then 100.0 * overall_attendance / possible_sessions_published
            when 'overall_absence' then 100.0 * overall_absence / possible_sessions_published
            else persistent_absence_percent end end
    from own
    inner join (
        select *, possible_sessions as possible_sessions_published from reference.dfe_daily_series
        where academic_year = '2024/25'
    ) as series
        on series.school_phase = own.phase
        and series.time_window = if(own.period_type = 'year', 'year', substr(own.period_key, 9))
        and (series.geography_level = 'national' or series.geography_code = own.la_code)
    where own.period_type in ('term', 'year')
)

select
    school_urn, academic_year, period_type, period_key, population, cohort_dimension, cohort, measure,
    100.0 * numerator / denominator as school_percent, comparator_type, comparator, comparator_percent,
    100.0 * numerator / denominator - comparator_percent as gap_percentage_points, series, source, comparison_status
from compared;
