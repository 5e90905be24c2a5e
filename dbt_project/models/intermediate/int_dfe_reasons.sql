with reasons as (
    select
        academic_year,
        time_window,
        school_phase,
        reason_column,
        sessions,
        possible_sessions,
        as_published_to,
        source,
        null as exported_at
    from {{ ref("dfe_daily_reasons") }}
    union all
    select
        academic_year,
        time_window,
        school_phase,
        figure as reason_column,
        value as sessions,
        max(value) filter (where figure = 'possible_sessions') over (
            partition by academic_year, time_window, school_phase
        ) as possible_sessions,
        as_published_to,
        source,
        exported_at
    from {{ ref("int_benchmarks_in_force") }}
    where dataset = 'daily' and geography_level = 'national'
),

-- As in int_daily_series, the newest publication of a window and phase speaks, whole.
newest as (
    select *
    from reasons
    qualify
        rank() over (
            partition by academic_year, time_window, school_phase
            order by coalesce(as_published_to, date '9999-12-31') desc, exported_at desc nulls last
        ) = 1
),

published as (
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
    from newest as reasons
    inner join {{ ref("dfe_reason_columns") }} as columns on reasons.reason_column = columns.reason_column
    group by all
)

select
    published.academic_year,
    published.school_phase,
    published.code,
    published.as_published_to,
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
