-- Cohorts that are sets of sessions. A session is in a population if its pupil is in that year; when that changes, all
-- of the pupil's sessions go along.
with people as (
    select
        change.pupil_key,
        change.school_urn,
        change.academic_year,
        coalesce(change.before_is_compulsory_school_age, change.now_is_compulsory_school_age) as was_compulsory,
        coalesce(change.now_is_compulsory_school_age, change.before_is_compulsory_school_age) as is_compulsory
    from {{ ref("int_enrolment_changes") }} as change
    where change.period_type = 'year'
),

movers as (
    select
        people.pupil_key,
        people.school_urn,
        people.academic_year,
        step.cause,
        case when people.is_compulsory then 1 else -1 end as direction
    from people
    inner join {{ ref("int_enrolment_steps") }} as step
        on
            people.pupil_key = step.pupil_key
            and people.school_urn = step.school_urn
            and people.academic_year = step.academic_year
            and people.is_compulsory = step.is_compulsory_school_age
            and step.period_type = 'year'
    where people.was_compulsory <> people.is_compulsory
    qualify row_number() over (
        partition by people.pupil_key, people.school_urn, people.academic_year order by step.cause_order
    ) = 1
),

moved as (
    select
        {{ columns_of("session", ["school_urn", "academic_year", "half_term", "term", "week_start"]) }},
        day.weekday,
        session.session,
        mover.cause,
        mover.direction,
        {{ count_sessions() | indent(8) }}
    from {{ ref("fct_sessions") }} as session
    inner join movers as mover
        on
            session.pupil_key = mover.pupil_key
            and session.school_urn = mover.school_urn
            and session.academic_year = mover.academic_year
    left join {{ ref("dim_date") }} as day on session.session_date = day.calendar_date
    group by all
),

signed as (
    select
        {{ columns_of("delta", ["school_urn", "academic_year", "half_term", "term", "week_start", "weekday", "session",
                                "cause"]) }},
        coalesce(people.was_compulsory, false) as is_compulsory,
        true as is_of_all,
        {{ columns_of("delta", session_sums()) }}
    from {{ ref("int_session_deltas") }} as delta
    left join people
        on
            delta.pupil_key = people.pupil_key
            and delta.school_urn = people.school_urn
            and delta.academic_year = people.academic_year
    union all
    select
        {{ columns_of("moved", ["school_urn", "academic_year", "half_term", "term", "week_start", "weekday", "session",
                                "cause"]) }},
        true as is_compulsory,
        false as is_of_all,
        {{ each(session_sums(), "moved.direction * moved.{c}") }}
    from moved
)

{% for dimension in cohort_dimensions() | rejectattr("has_pupil_counts") | map(attribute="cohort_dimension") -%}
{%- set outer = loop -%}
{%- for period_type in period_types() %}
select
    signed.school_urn,
    signed.academic_year,
    '{{ period_type }}' as period_type,
    {{ period_key(period_type, "signed") }} as period_key,
    populations.population,
    '{{ dimension }}' as cohort_dimension,
    signed.{{ dimension }} as cohort,
    signed.cause,
    0 as pupils,
    0 as persistently_absent_pupils,
    0 as severely_absent_pupils,
    {{ sums_of("signed", session_sums()) }}
from signed
inner join {{ populations() }}
    on case when populations.is_compulsory_only then signed.is_compulsory else signed.is_of_all end
where {{ period_key(period_type, "signed") }} is not null
group by all
{{ "union all" if not (loop.last and outer.last) }}
{%- endfor -%}
{%- endfor %}
