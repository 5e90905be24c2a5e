-- Absence in a slot: a weekday, or a session of the day. Summed from the half term up.
{%- set longer = period_types() | reject("equalto", "week") | list %}
with half_terms as (
    {%- for slot in cohort_dimensions() | rejectattr("has_pupil_counts") | map(attribute="cohort_dimension") %}
    select
        pupil_id,
        school_urn,
        academic_year,
        half_term_no,
        term_no,
        year_no,
        {{ slot }} as item,
        cast(sum(absent_sessions) as double) as a,
        cast(sum(possible_sessions) as double) as p
    from {{ ref("int_enrolment_slots") }}
    group by all
    {{ "union all" if not loop.last }}
    {%- endfor %}
)

{% for period_type in longer -%}
select
    pupil_id,
    school_urn,
    academic_year,
    {{ period_type }}_no as period_no,
    item,
    sum(a) as a,
    sum(p) as p
from half_terms
group by all
{{ "union all" if not loop.last }}
{% endfor %}
