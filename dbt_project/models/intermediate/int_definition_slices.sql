-- An enrolment whose last half term may be left out is two slices: what is kept, and what that half term adds. So a
-- persistently absent pupil who is so only because of that half term is in the second slice, and every column adds up.
{%- set flags = ["is_age_unknown", "is_under_age", "is_over_age", "is_late_start", "is_without_possible_session",
                 "has_few_possible_sessions"] -%}
{%- set sessions = ["possible_sessions", "attended_sessions", "absent_sessions", "authorised_sessions",
                    "unauthorised_sessions", "late_sessions"] -%}
{%- set places = ["school_urn", "academic_year", "period_type", "period_key"] %}
with parts as (
    select
        {{ (places + flags) | join(",\n        ") }},
        false as is_last_half_term,
        1 as enrolments,
        cast(kept_possible_sessions > 0 as integer) as pupils,
        {%- for column in sessions %}
        kept_{{ column }} as {{ column }},
        {%- endfor %}
        cast(is_kept_persistently_absent as integer) as persistently_absent_pupils,
        cast(is_kept_severely_absent as integer) as severely_absent_pupils
    from {{ ref("int_definition_enrolments") }}
    union all
    select
        {{ (places + flags) | join(",\n        ") }},
        true,
        0,
        cast(possible_sessions > 0 as integer) - cast(kept_possible_sessions > 0 as integer),
        {%- for column in sessions %}
        {{ column }} - kept_{{ column }},
        {%- endfor %}
        cast(is_persistently_absent as integer) - cast(is_kept_persistently_absent as integer),
        cast(is_severely_absent as integer) - cast(is_kept_severely_absent as integer)
    from {{ ref("int_definition_enrolments") }}
    where is_shortened
),

slices as (
    select
        parts.{{ (places + flags) | join(",\n        parts.") }},
        parts.is_last_half_term,
        {{ sums_of("parts", definition_sums()) }}
    from parts
    group by all
),

thresholds as (
    select
        years.academic_year,
        {{ rule_values(["census_minimum_enrolments"], "years.academic_year", kind="academic_year") }}
    from (select distinct academic_year from slices) as years
)

select
    slices.*,
    coalesce(sum(slices.pupils) filter (
        where not (
            slices.is_age_unknown or slices.is_under_age or slices.is_over_age or slices.is_late_start
            or slices.is_without_possible_session or slices.is_last_half_term
        )
    ) over (partition by slices.school_urn, slices.period_type, slices.period_key), 0)
    < threshold.census_minimum_enrolments as is_small_school
from slices
inner join thresholds as threshold on slices.academic_year = threshold.academic_year
