with thresholds as (
    select
        years.academic_year,
        {{ rule_values(
            ["persistent_absence_percent", "severe_absence_percent", "at_risk_low_percent", "at_risk_high_percent",
             "minimum_possible_sessions"], "years.academic_year", kind="academic_year"
        ) }}
    from (select distinct academic_year from {{ ref("int_pupil_period_sums") }}) as years
)

{%- set reaches = [] %}
{%- for rule in [
    "persistent_absence_percent", "severe_absence_percent", "at_risk_low_percent", "at_risk_high_percent",
] %}
{%- do reaches.append(at_least_percent("sums.absent_sessions", "sums.possible_sessions", "threshold." ~ rule)) %}
{%- endfor %}

select
    pupil.pupil_key,
    sums.academic_year,
    sums.period_type,
    sums.period_key,
    sums.schools,
    enrolment.school_urn as last_school_urn,
    enrolment.year_group,
    {{ columns_of("sums", session_sums()) }},
    sums.double_counted_sessions,
    band.absence_band,
    sums.possible_sessions > 0 and {{ reaches[0] }} as is_persistently_absent,
    sums.possible_sessions > 0 and {{ reaches[1] }} as is_severely_absent,
    sums.possible_sessions > 0 and {{ reaches[2] }} and not {{ reaches[3] }} as is_at_risk,
    enrolment.is_compulsory_school_age,
    sums.possible_sessions >= threshold.minimum_possible_sessions as has_minimum_sessions
from {{ ref("int_pupil_period_sums") }} as sums
inner join {{ ref("int_pupils") }} as pupil on sums.pupil_id = pupil.pupil_id
inner join thresholds as threshold on sums.academic_year = threshold.academic_year
left join {{ ref("int_pupil_last_enrolments") }} as enrolment
    on
        sums.pupil_id = enrolment.pupil_id
        and sums.period_type = enrolment.period_type
        and sums.period_key = enrolment.period_key
left join {{ ref("absence_bands") }} as band
    on
        sums.possible_sessions > 0
        and {{ at_least_percent("sums.absent_sessions", "sums.possible_sessions", "band.low_percent") }}
        and (
            band.high_percent is null
            or not {{ at_least_percent("sums.absent_sessions", "sums.possible_sessions", "band.high_percent") }}
        )
