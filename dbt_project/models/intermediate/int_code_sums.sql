{%- set rules = [
    "code_monitoring_fdr_percent", "code_monitoring_inner_limit_percent", "code_monitoring_outer_limit_percent",
    "code_monitoring_minimum_sessions", "code_monitoring_between_schools_percent",
] -%}
-- A code that any school of the phase used in the period is a row for each of them, so that a school that never uses it
-- is there with 0 sessions.
with limits as (
    select
        years.academic_year,
        {{ rule_values(rules, "years.academic_year", kind="academic_year") }}
    from (select distinct academic_year from {{ ref("int_enrolment_periods") }}) as years
),

enrolments as (
    select
        enrolment.pupil_id,
        enrolment.school_urn,
        school.phase,
        enrolment.academic_year,
        enrolment.period_type,
        enrolment.period_key,
        population.population,
        cast(enrolment.possible_sessions as bigint) as possible_sessions
    from {{ ref("int_enrolment_periods") }} as enrolment
    inner join {{ ref("dim_school") }} as school on enrolment.school_urn = school.school_urn
    inner join (values ('all'), ('compulsory_school_age')) as population (population)
        on population.population = 'all' or enrolment.is_compulsory_school_age
    where enrolment.period_type in {{ longer_period_types() }}
),

totals as (
    select
        school_urn,
        phase,
        academic_year,
        period_type,
        period_key,
        population,
        sum(possible_sessions) as possible_sessions,
        sum(possible_sessions * possible_sessions) as squared_possible_sessions
    from enrolments
    group by all
),

used as (
    {%- for period_type in period_types() if period_type != "week" %}
    select
        codes.pupil_id,
        codes.school_urn,
        '{{ period_type }}' as period_type,
        {{ period_key(period_type, "codes") }} as period_key,
        codes.code,
        cast(sum(codes.sessions) as bigint) as sessions
    from {{ ref("int_pupil_codes") }} as codes
    group by all
    {{ "union all" if not loop.last }}
    {%- endfor %}
),

counted as (
    select
        enrolments.school_urn,
        enrolments.phase,
        enrolments.period_type,
        enrolments.period_key,
        enrolments.population,
        used.code,
        count(*) as pupils,
        sum(used.sessions) as sessions,
        sum(used.sessions * used.sessions) as squared_sessions,
        sum(used.sessions * enrolments.possible_sessions) as sessions_times_possible
    from used
    inner join enrolments
        on
            used.pupil_id = enrolments.pupil_id
            and used.school_urn = enrolments.school_urn
            and used.period_type = enrolments.period_type
            and used.period_key = enrolments.period_key
    group by all
),

codes_of_phase as (
    select distinct
        phase,
        period_type,
        period_key,
        population,
        code
    from counted
)

select
    totals.* exclude (possible_sessions, squared_possible_sessions),
    codes_of_phase.code,
    coalesce(whole_school.code is not null, false) as is_about_whole_school,
    cast(totals.possible_sessions as bigint) as possible_sessions,
    cast(totals.squared_possible_sessions as bigint) as squared_possible_sessions,
    cast(coalesce(counted.pupils, 0) as bigint) as pupils,
    cast(coalesce(counted.sessions, 0) as bigint) as sessions,
    cast(coalesce(counted.squared_sessions, 0) as bigint) as squared_sessions,
    cast(coalesce(counted.sessions_times_possible, 0) as bigint) as sessions_times_possible,
    {{- columns_of("limits", rules) }}
from totals
inner join codes_of_phase
    on
        totals.phase = codes_of_phase.phase
        and totals.period_type = codes_of_phase.period_type
        and totals.period_key = codes_of_phase.period_key
        and totals.population = codes_of_phase.population
left join counted
    on
        totals.school_urn = counted.school_urn
        and totals.period_type = counted.period_type
        and totals.period_key = counted.period_key
        and totals.population = counted.population
        and codes_of_phase.code = counted.code
left join limits on totals.academic_year = limits.academic_year
left join (
    select distinct codes.code
    from {{ ref("code_checks_codes") }} as codes
    inner join {{ ref("code_checks") }} as checks on codes.code_check = checks.code_check
    where checks.scope != 'pupil'
) as whole_school on codes_of_phase.code = whole_school.code
