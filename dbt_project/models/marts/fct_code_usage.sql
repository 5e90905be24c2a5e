with usage as (
    {%- for period_type in period_types() %}
    select
        counts.school_urn,
        coalesce(counts.year_group_{{ period_type }}, 'unknown') as year_group,
        counts.academic_year,
        '{{ period_type }}' as period_type,
        {{ period_key(period_type, "counts") }} as period_key,
        counts.code,
        sum(counts.sessions) as sessions,
        sum(counts.possible_sessions) as possible_sessions
    from {{ ref("int_session_counts") }} as counts
    where {{ period_key(period_type, "counts") }} is not null
    group by all
    {{ "union all" if not loop.last }}
    {%- endfor %}
),

with_totals as (
    -- A session without a mark has no code, and nothing possible either.
    select
        * exclude (possible_sessions),
        sum(possible_sessions) over (
            partition by school_urn, year_group, academic_year, period_type, period_key
        ) as possible_sessions
    from usage
)

select
    school_urn,
    year_group,
    academic_year,
    period_type,
    period_key,
    code,
    cast(sessions as integer) as sessions,
    cast(possible_sessions as integer) as possible_sessions,
    {{ percent("sessions", "possible_sessions") }} as percent_of_possible
from with_totals
where code is not null
