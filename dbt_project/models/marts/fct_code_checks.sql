{%- set number = "cast(episode.measured_value as integer)" -%}
select
    episode.school_urn,
    episode.code_check,
    checks.severity,
    episode.pupil_key,
    episode.year_group,
    episode.code,
    episode.academic_year,
    episode.first_date,
    episode.last_date,
    cast(episode.sessions as bigint) as sessions,
    cast(episode.measured_value as double) as value,
    cast(episode.threshold as double) as threshold,
    case episode.code_check
        when 'run_without_end' then 'In every one of ' || {{ number }} || ' school weeks in a row'
        when 'suspension_too_long' then episode.sessions || ' sessions in a row without other provision'
        when 'never_resolved' then 'Reason outstanding for ' || {{ number }} || ' school days'
        when 'outside_years'
            then episode.sessions || ' sessions in year group ' || coalesce(episode.year_group, 'unknown')
        else {{ number }} || ' sessions'
    end as evidence
from {{ ref("int_code_check_episodes") }} as episode
left join {{ ref("code_checks") }} as checks on episode.code_check = checks.code_check
