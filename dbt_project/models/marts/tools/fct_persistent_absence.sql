with thresholds as (
    select
        years.academic_year,
        {{ rule_values(
            ["persistent_absence_percent", "minimum_possible_sessions"], "years.academic_year", kind="academic_year"
        ) }}
    from (select distinct academic_year from {{ ref("int_enrolment_periods") }}) as years
),

enrolments as (
    select
        enrolment.*,
        threshold.persistent_absence_percent,
        threshold.minimum_possible_sessions,
        coalesce(remaining.remaining_sessions, 0) as remaining_sessions
    from {{ ref("int_enrolment_periods") }} as enrolment
    left join thresholds as threshold on enrolment.academic_year = threshold.academic_year
    left join {{ ref("int_remaining_sessions") }} as remaining
        on
            enrolment.pupil_id = remaining.pupil_id
            and enrolment.school_urn = remaining.school_urn
            and enrolment.academic_year = remaining.academic_year
    where enrolment.period_type = 'year'
),

reckoned as (
    select
        *,
        {{ sessions_before("absent_sessions", "possible_sessions", "persistent_absence_percent") }}
            as sessions_before_persistent,
        {{ sessions_before_of_remaining(
            "absent_sessions", "possible_sessions", "remaining_sessions", "persistent_absence_percent"
        ) }} as sessions_before_persistent_this_year,
        case
            when possible_sessions > 0 then {{ sessions_to_get_below(
                "absent_sessions", "possible_sessions", "persistent_absence_percent"
            ) }}
        end as sessions_to_recover
    from enrolments
)

select
    pupil.pupil_key,
    reckoned.school_urn,
    reckoned.academic_year,
    coalesce(reckoned.year_group, 'unknown') as year_group,
    reckoned.is_compulsory_school_age,
    reckoned.possible_sessions,
    reckoned.absent_sessions,
    reckoned.authorised_sessions,
    reckoned.unauthorised_sessions,
    {{ percent("reckoned.absent_sessions", "reckoned.possible_sessions") }} as overall_absence_percent,
    reckoned.persistent_absence_percent as threshold_percent,
    reckoned.is_persistently_absent,
    reckoned.is_severely_absent,
    reckoned.is_at_risk,
    reckoned.is_persistently_absent or reckoned.is_at_risk as is_listed,
    reckoned.possible_sessions >= reckoned.minimum_possible_sessions as has_minimum_sessions,
    reckoned.remaining_sessions,
    reckoned.sessions_before_persistent,
    reckoned.sessions_before_persistent_this_year,
    reckoned.sessions_to_recover,
    reckoned.sessions_to_recover <= reckoned.remaining_sessions as can_recover_this_year,
    coalesce(week.movement, 'none') as movement_since_last_week,
    coalesce(half_term.movement, 'none') as movement_since_last_half_term
from reckoned
inner join {{ ref("int_pupils") }} as pupil on reckoned.pupil_id = pupil.pupil_id
{%- for period_type in ["week", "half_term"] %}
left join {{ ref("int_persistent_moves") }} as {{ period_type }}
    on
        reckoned.pupil_id = {{ period_type }}.pupil_id
        and reckoned.school_urn = {{ period_type }}.school_urn
        and reckoned.academic_year = {{ period_type }}.academic_year
        and {{ period_type }}.period_type = '{{ period_type }}'
        and {{ period_type }}.is_latest
{%- endfor %}
