-- Cohorts that are sets of sessions, not of pupils: they have no pupil counts.
with counts as (
    select
        counts.school_urn,
        counts.academic_year,
        counts.half_term,
        counts.term,
        counts.week_start,
        counts.is_compulsory_school_age,
        day.weekday,
        counts.session,
        {{ sums_of("counts", session_sums()) }}
    from {{ ref("int_session_counts") }} as counts
    left join {{ ref("dim_date") }} as day on counts.session_date = day.calendar_date
    group by all
)

{% for dimension in cohort_dimensions() | rejectattr("has_pupil_counts") | map(attribute="cohort_dimension") -%}
{%- set outer = loop -%}
{%- for period_type in period_types() %}
select
    counts.school_urn,
    counts.academic_year,
    '{{ period_type }}' as period_type,
    {{ period_key(period_type, "counts") }} as period_key,
    counts.is_compulsory_school_age,
    '{{ dimension }}' as cohort_dimension,
    counts.{{ dimension }} as cohort,
    cast(null as bigint) as pupils,
    cast(null as bigint) as persistently_absent_pupils,
    cast(null as bigint) as severely_absent_pupils,
    {{ sums_of("counts", session_sums()) }}
from counts
where {{ period_key(period_type, "counts") }} is not null
group by all
{{ "union all" if not (loop.last and outer.last) }}
{%- endfor -%}
{%- endfor %}
