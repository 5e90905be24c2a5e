-- kept_: without the half terms that DfE leaves out for the oldest pupils; the same as the others for everybody else.
{%- set kept = ["possible_sessions", "attended_sessions", "absent_sessions", "authorised_sessions",
                "unauthorised_sessions", "late_sessions"] %}
with thresholds as (
    select
        years.academic_year,
        {{ rule_values(
            ["persistent_absence_percent", "severe_absence_percent", "compulsory_age_min", "compulsory_age_max",
             "five_half_term_age", "minimum_possible_sessions"], "years.academic_year", kind="academic_year"
        ) }}
    from (select distinct academic_year from {{ ref("int_enrolment_period_sums") }}) as years
),

shortened as (
    select
        enrolment.*,
        threshold.persistent_absence_percent,
        threshold.severe_absence_percent,
        threshold.compulsory_age_min,
        threshold.compulsory_age_max,
        threshold.minimum_possible_sessions,
        coalesce(
            enrolment.age = threshold.five_half_term_age and last_half_term.pupil_id is not null, false
        ) as is_shortened,
        {%- for column in kept %}
        enrolment.{{ column }} - case
            when enrolment.age = threshold.five_half_term_age then coalesce(last_half_term.{{ column }}, 0) else 0
        end as kept_{{ column }},
        {%- endfor %}
        late_start.pupil_id is not null as is_late_start
    from {{ ref("int_enrolment_periods") }} as enrolment
    inner join thresholds as threshold on enrolment.academic_year = threshold.academic_year
    left join {{ ref("int_last_half_term_sums") }} as last_half_term
        on
            enrolment.pupil_id = last_half_term.pupil_id
            and enrolment.school_urn = last_half_term.school_urn
            and enrolment.period_type = last_half_term.period_type
            and enrolment.period_key = last_half_term.period_key
    left join {{ ref("int_late_starts") }} as late_start
        on
            enrolment.pupil_id = late_start.pupil_id
            and enrolment.school_urn = late_start.school_urn
            and enrolment.academic_year = late_start.academic_year
    where enrolment.period_type in {{ longer_period_types() }}
)

select
    pupil_id,
    school_urn,
    academic_year,
    period_type,
    period_key,
    age is null as is_age_unknown,
    coalesce(age < compulsory_age_min, false) as is_under_age,
    coalesce(age > compulsory_age_max, false) as is_over_age,
    is_late_start,
    is_shortened,
    kept_possible_sessions = 0 as is_without_possible_session,
    possible_sessions < minimum_possible_sessions as has_few_possible_sessions,
    {%- for column in kept %}
    {{ column }},
    {%- endfor %}
    is_persistently_absent,
    is_severely_absent,
    {%- for column in kept %}
    kept_{{ column }},
    {%- endfor %}
    kept_possible_sessions > 0 and {{ at_least_percent(
        "kept_absent_sessions", "kept_possible_sessions", "persistent_absence_percent"
    ) }} as is_kept_persistently_absent,
    kept_possible_sessions > 0 and {{ at_least_percent(
        "kept_absent_sessions", "kept_possible_sessions", "severe_absence_percent"
    ) }} as is_kept_severely_absent
from shortened
