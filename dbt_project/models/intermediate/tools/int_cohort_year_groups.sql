-- The squares are for intervals: sessions of one pupil go together, so pupils are what varies. As doubles they stay
-- exact far beyond the largest school.
{%- for dimension in cohort_dimensions() if dimension.has_pupil_counts %}
{%- set column = dimension.pupil_column %}
select
    enrolment.school_urn,
    enrolment.academic_year,
    enrolment.period_type,
    enrolment.period_key,
    enrolment.is_compulsory_school_age,
    '{{ dimension.cohort_dimension }}' as cohort_dimension,
    {{ "coalesce(enrolment." ~ column ~ ", 'unknown')" if column else "'all'" }} as cohort,
    coalesce(enrolment.year_group, 'unknown') as year_group,
    cast(count(*) filter (where enrolment.possible_sessions > 0) as integer) as pupils,
    cast(count(*) filter (where enrolment.is_persistently_absent) as integer) as persistently_absent_pupils,
    {{ sums_of("enrolment", ["possible_sessions", "absent_sessions"]) }},
    sum(cast(enrolment.absent_sessions as double) * enrolment.absent_sessions) as absent_squared,
    sum(cast(enrolment.absent_sessions as double) * enrolment.possible_sessions) as absent_by_possible,
    sum(cast(enrolment.possible_sessions as double) * enrolment.possible_sessions) as possible_squared
from {{ ref("int_enrolment_periods") }} as enrolment
where enrolment.period_type in {{ longer_period_types() }}
group by all
{{ "union all" if not loop.last }}
{%- endfor %}
