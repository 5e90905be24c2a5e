-- An enrolment's sessions in the half terms that DfE leaves out for the oldest pupils, within each longer period.
with thresholds as (
    select
        years.academic_year,
        {{ rule_values(["five_half_terms"], "years.academic_year", kind="academic_year") }}
    from (select distinct academic_year from {{ ref("int_enrolment_weeks") }}) as years
),

late_weeks as (
    select weeks.*
    from {{ ref("int_enrolment_weeks") }} as weeks
    inner join {{ ref("half_terms") }} as half_term on weeks.half_term = half_term.half_term
    inner join thresholds as threshold on weeks.academic_year = threshold.academic_year
    where half_term.half_term_order > threshold.five_half_terms
)

{% for period_type in definition_period_types() -%}
select
    late_weeks.pupil_id,
    late_weeks.school_urn,
    late_weeks.academic_year,
    '{{ period_type }}' as period_type,
    {{ period_key(period_type, "late_weeks") }} as period_key,
    {{ sums_of("late_weeks", session_sums()) }}
from late_weeks
group by all
{{ "union all" if not loop.last }}
{% endfor %}
