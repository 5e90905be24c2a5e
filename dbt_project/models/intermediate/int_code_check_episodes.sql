{%- set columns = [
    "code_check", "pupil_key", "school_urn", "session_date", "academic_year", "year_group", "code", "step", "value",
] -%}
{%- set checked_alone = [
    "int_check_ages", "int_check_dual", "int_check_unresolved", "int_check_suspensions", "int_check_closures",
] -%}
-- Steps that follow each other are one episode: weeks of school for an arrangement, sessions for a suspension, days of
-- school for everything else.
with steps as (
    select
        {{ columns | reject("in", ["step", "value"]) | join(", ") }},
        week_number as step,
        1 as value
    from {{ ref("int_checked_sessions") }}
    where code_check = 'run_without_end'
    union all
    select
        {{ columns | reject("in", ["step", "value"]) | join(", ") }},
        day_number as step,
        1 as value
    from {{ ref("int_checked_sessions") }}
    where code_check = 'outside_years' and not list_contains(expected_year_groups, year_group)
    {%- for model in checked_alone %}
    union all
    select {{ columns | join(", ") }}
    from {{ ref(model) }}
    {%- endfor %}
),

islands as (
    select
        *,
        step - dense_rank() over (
            partition by code_check, school_urn, pupil_key, code, if(pupil_key is null, year_group, null) order by step
        ) as island
    from steps
),

episodes as (
    select
        code_check,
        school_urn,
        pupil_key,
        code,
        island,
        max_by(year_group, session_date) as year_group,
        min(academic_year) as academic_year,
        min(session_date) as first_date,
        max(session_date) as last_date,
        count(*) as sessions,
        count(distinct step) as steps,
        max(value) as greatest_value,
        sum(value) as sum_of_values
    from islands
    group by code_check, school_urn, pupil_key, code, if(pupil_key is null, year_group, null), island
),

limits as (
    select
        years.academic_year,
        {{ rule_values(
            ["code_run_weeks", "suspension_days", "n_overdue_days"], "years.academic_year", kind="academic_year"
        ) }}
    from (select distinct academic_year from episodes) as years
),

measured as (
    select
        episodes.*,
        case episodes.code_check
            when 'run_without_end' then episodes.steps
            when 'suspension_too_long' then episodes.steps / 2
            when 'never_resolved' then episodes.greatest_value
            else episodes.sum_of_values
        end as measured_value,
        case episodes.code_check
            when 'run_without_end' then limits.code_run_weeks
            when 'suspension_too_long' then limits.suspension_days
            when 'never_resolved' then limits.n_overdue_days
        end as threshold
    from episodes
    left join limits on episodes.academic_year = limits.academic_year
)

select * exclude (island, steps, greatest_value, sum_of_values)
from measured
where
    threshold is null
    or (code_check = 'suspension_too_long' and measured_value > threshold)
    or (code_check != 'suspension_too_long' and measured_value >= threshold)
