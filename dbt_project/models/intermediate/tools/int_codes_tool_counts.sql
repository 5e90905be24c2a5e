with dated as (
    select
        counts.*,
        case when code.is_approved_educational_activity then counts.sessions else 0 end as approved_activity_sessions
    from {{ ref("int_session_counts") }} as counts
    left join {{ ref("dim_attendance_code") }} as code
        on
            counts.code = code.code
            and counts.session_date >= code.valid_from
            and counts.session_date <= coalesce(code.valid_to, date '9999-12-31')
    where counts.code is not null
),

counts as (
    {%- for period_type in period_types() if period_type != "week" %}
    select
        dated.*,
        '{{ period_type }}' as period_type,
        {{ period_key(period_type, "dated") }} as period_key,
        coalesce(dated.year_group_{{ period_type }}, 'unknown') as year_group
    from dated
    {{ "union all" if not loop.last }}
    {%- endfor %}
)

select
    counts.school_urn,
    counts.academic_year,
    counts.period_type,
    counts.period_key,
    case when whole.is_whole then 'all' else counts.year_group end as year_group,
    counts.code,
    {{ sums_of("counts", [
        "sessions", "possible_sessions", "absent_sessions", "authorised_sessions", "unauthorised_sessions",
        "approved_activity_sessions"
    ]) }}
from counts
cross join (values (true), (false)) as whole (is_whole)
where counts.period_key is not null
group by all
