select
    enrolment.pupil_id,
    enrolment.school_urn,
    period.academic_year,
    period.period_no,
    cast(enrolment.possible_sessions as double) as possible_sessions,
    cast(enrolment.absent_sessions as double) as absent_sessions,
    enrolment.is_compulsory_school_age,
    {%- for dimension in group_dimensions() if dimension.pupil_column %}
    coalesce(enrolment.{{ dimension.pupil_column }}, 'unknown') as {{ dimension.cohort_dimension }},
    {%- endfor %}
    'all' as "all"
from {{ ref("int_enrolment_periods") }} as enrolment
inner join {{ ref("int_pattern_periods") }} as period
    on
        enrolment.school_urn = period.school_urn
        and enrolment.period_type = period.period_type
        and enrolment.period_key = period.period_key
        and period.has_patterns
