with late_periods as (
    {%- for period_type in period_types() if period_type != "week" %}
    select
        late.pupil_id,
        late.school_urn,
        '{{ period_type }}' as period_type,
        {{ period_key(period_type, "late") }} as period_key,
        {{ sums_of("late", late_sums()) }}
    from {{ ref("int_late_sessions") }} as late
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
)

select
    enrolment.school_urn,
    enrolment.academic_year,
    enrolment.period_type,
    enrolment.period_key,
    enrolment.year_group,
    {%- for column in characteristic_columns() %}
    enrolment.{{ column }},
    {%- endfor %}
    enrolment.is_compulsory_school_age,
    enrolment.possible_sessions,
    {%- for column in late_sums() %}
    coalesce(late.{{ column }}, 0) as {{ column }},
    {%- endfor %}
    enrolment.possible_sessions > 0 as has_possible_session,
    late.pupil_id is not null as is_late_once,
    late.pupil_id is not null and {{ at_least_percent(
        "late.late_sessions", "enrolment.possible_sessions", "threshold.persistent_late_percent"
    ) }} as is_persistently_late
from {{ ref("int_enrolment_periods") }} as enrolment
left join late_periods as late
    on
        enrolment.pupil_id = late.pupil_id
        and enrolment.school_urn = late.school_urn
        and enrolment.period_type = late.period_type
        and enrolment.period_key = late.period_key
left join thresholds as threshold on enrolment.academic_year = threshold.academic_year
where enrolment.period_type in {{ longer_period_types() }}
