-- Absence in a slot (a weekday, a session of the day) beside the pupil's other sessions of the period.
with periods as (
    {%- for period_type in period_types() if period_type != "week" %}
    select
        slot.*,
        '{{ period_type }}' as period_type,
        {{ period_key(period_type, "slot") }} as period_key
    from {{ ref("int_enrolment_slots") }} as slot
    {{ "union all" if not loop.last }}
    {%- endfor %}
),

slots as (
    select
        pupil_id,
        school_urn,
        period_type,
        period_key,
        case when grouping(weekday) = 0 then weekday else session end as item,
        cast(sum(absent_sessions) as double) as a,
        cast(sum(possible_sessions) as double) as p
    from periods
    group by
        grouping sets (
            (pupil_id, school_urn, period_type, period_key, weekday),
            (pupil_id, school_urn, period_type, period_key, session)
        )
)

select
    period.period_no,
    slots.item,
    slots.a,
    slots.p,
    enrolment.absent_sessions - slots.a as b,
    enrolment.possible_sessions - slots.p as q,
    {{ pattern_characteristics() }}
from slots
{{ join_pattern_enrolments("slots") }}
