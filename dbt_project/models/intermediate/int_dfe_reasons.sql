with published as (
    select
        reasons.academic_year,
        reasons.time_window,
        reasons.school_phase,
        columns.code,
        -- A withheld part leaves the whole unknown.
        case when count(*) = count(reasons.sessions) then sum(reasons.sessions) end as sessions,
        max(reasons.possible_sessions) as possible_sessions,
        max(reasons.as_published_to) as as_published_to,
        max(reasons.source) as source_file
    from {{ ref("dfe_daily_reasons") }} as reasons
    inner join {{ ref("dfe_reason_columns") }} as columns on reasons.reason_column = columns.reason_column
    group by all
)

select
    published.* exclude (time_window, sessions, possible_sessions, source_file),
    case when published.time_window = 'year' then 'year' else 'term' end as period_type,
    case
        when published.time_window = 'year' then published.academic_year
        else published.academic_year || ' ' || published.time_window
    end as period_key,
    cast(published.sessions as bigint) as sessions,
    cast(published.possible_sessions as bigint) as possible_sessions,
    'DfE, ' || series.title || ': ' || published.source_file as source
from published
left join {{ ref("benchmark_series") }} as series on series.series = 'daily'
