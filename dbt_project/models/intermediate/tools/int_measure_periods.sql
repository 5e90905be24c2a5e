{%- set figures = late_sums() + ["truancy_sessions"] -%}
with events as (
    select * from {{ ref("int_late_sessions") }}
    union all by name
    select * from {{ ref("int_truancy_sessions") }}
),

sums as (
    {%- for period_type in period_types() if period_type != "week" %}
    select
        events.pupil_id,
        events.school_urn,
        '{{ period_type }}' as period_type,
        {{ period_key(period_type, "events") }} as period_key,
        {{ sums_of("events", figures) }}
    from events
    group by all
    {{ "union all" if not loop.last }}
    {%- endfor %}
),

thresholds as (
    select
        years.academic_year,
        {{ rule_value("persistent_late_percent", "years.academic_year", kind="academic_year") }}
            as persistent_late_percent
    from (select distinct academic_year from {{ ref("int_enrolment_periods") }}) as years
),

filled as (
    select
        {%- for column in figures %}
        coalesce(sums.{{ column }}, 0) as {{ column }},
        {%- endfor %}
        enrolment.* exclude (late_sessions)
    from {{ ref("int_enrolment_periods") }} as enrolment
    left join sums
        on
            enrolment.pupil_id = sums.pupil_id
            and enrolment.school_urn = sums.school_urn
            and enrolment.period_type = sums.period_type
            and enrolment.period_key = sums.period_key
    where enrolment.period_type in {{ longer_period_types() }}
)

select
    filled.*,
    filled.possible_sessions > 0 as has_possible_session,
    filled.late_sessions > 0 as is_late_once,
    filled.late_sessions > 0 and {{ at_least_percent(
        "filled.late_sessions", "filled.possible_sessions", "threshold.persistent_late_percent"
    ) }} as is_persistently_late,
    if(filled.is_at_risk, 'at_risk', 'not_at_risk') as at_risk,
    if(filled.is_persistently_absent, 'persistently_absent', 'not_persistently_absent') as persistence
from filled
left join thresholds as threshold on filled.academic_year = threshold.academic_year
