-- A pupil counts with the values in force on the period's last day.
with thresholds as (
    select
        years.academic_year,
        {{ rule_values(
            ["persistent_absence_percent", "severe_absence_percent", "at_risk_low_percent", "at_risk_high_percent",
             "compulsory_age_min", "compulsory_age_max"], "years.academic_year", kind="academic_year"
        ) }}
    from (select distinct academic_year from {{ ref("int_enrolment_period_sums") }}) as years
)

select
    sums.*,
    version.year_group,
    {%- for column in characteristic_columns() %}
    version.{{ column }},
    {%- endfor %}
    {{ start_year("sums.academic_year") }} - version.birth_cohort as age,
    coalesce(
        {{ start_year("sums.academic_year") }} - version.birth_cohort
        between threshold.compulsory_age_min and threshold.compulsory_age_max, false
    ) as is_compulsory_school_age,
    sums.possible_sessions > 0 and {{ at_least_percent(
        "sums.absent_sessions", "sums.possible_sessions", "threshold.persistent_absence_percent"
    ) }} as is_persistently_absent,
    sums.possible_sessions > 0 and {{ at_least_percent(
        "sums.absent_sessions", "sums.possible_sessions", "threshold.severe_absence_percent"
    ) }} as is_severely_absent,
    sums.possible_sessions > 0 and {{ at_least_percent(
        "sums.absent_sessions", "sums.possible_sessions", "threshold.at_risk_low_percent"
    ) }} and not {{ at_least_percent(
        "sums.absent_sessions", "sums.possible_sessions", "threshold.at_risk_high_percent"
    ) }} as is_at_risk
from {{ ref("int_enrolment_period_sums") }} as sums
left join {{ ref("int_school_periods") }} as period
    on
        sums.school_urn = period.school_urn
        and sums.period_type = period.period_type
        and sums.period_key = period.period_key
left join {{ ref("int_enrolment_versions") }} as version
    on
        sums.pupil_id = version.pupil_id
        and sums.school_urn = version.school_urn
        and period.last_day >= version.counts_from
        and period.last_day < version.counts_before
left join thresholds as threshold on sums.academic_year = threshold.academic_year
