-- A pupil stays in the cohort of the later year, so that every point of a curve is about the same pupils' values.
with pupils as (
    select
        passage.transition,
        passage.from_year_group,
        enrolment.*
    from {{ ref("int_enrolment_periods") }} as enrolment
    inner join {{ ref("transitions") }} as passage on enrolment.year_group = passage.to_year_group
    where enrolment.period_type = 'year'
),

cohorts as (
    {%- for dimension in cohort_dimensions() if dimension.has_pupil_counts %}
    select
        transition,
        pupil_id,
        school_urn,
        academic_year,
        from_year_group,
        '{{ dimension.cohort_dimension }}' as cohort_dimension,
        {{ "coalesce(" ~ dimension.pupil_column ~ ", 'unknown')" if dimension.pupil_column else "'all'" }} as cohort
    from pupils
    {{ "union all" if not loop.last }}
    {%- endfor %}
),

points as (
    select
        earlier.transition,
        pupil.pupil_id,
        earlier.school_urn,
        earlier.academic_year,
        cast(null as varchar) as half_term,
        0 as point,
        earlier.earlier_possible_sessions as possible_sessions,
        earlier.earlier_absent_sessions as absent_sessions
    from {{ ref("fct_transition") }} as earlier
    inner join {{ ref("int_pupils") }} as pupil on earlier.pupil_key = pupil.pupil_key
    where earlier.match_status = 'matched'
    union all
    select
        pupils.transition,
        half.pupil_id,
        half.school_urn,
        half.academic_year,
        names.half_term,
        names.half_term_order,
        half.possible_sessions,
        half.absent_sessions
    from pupils
    inner join {{ ref("int_enrolment_periods") }} as half
        on
            pupils.pupil_id = half.pupil_id
            and pupils.school_urn = half.school_urn
            and pupils.academic_year = half.academic_year
            and half.period_type = 'half_term'
    inner join {{ ref("half_terms") }} as names on half.period_key = half.academic_year || ' ' || names.half_term
),

summed as (
    select
        cohorts.school_urn,
        cohorts.transition,
        cohorts.academic_year,
        cohorts.cohort_dimension,
        cohorts.cohort,
        points.point,
        points.half_term,
        cast(count(*) filter (where points.possible_sessions > 0) as integer) as pupils,
        {{ sums_of("points", ["possible_sessions", "absent_sessions"]) }}
    from cohorts
    inner join points
        on
            cohorts.transition = points.transition
            and cohorts.pupil_id = points.pupil_id
            and cohorts.school_urn = points.school_urn
            and cohorts.academic_year = points.academic_year
    group by all
)

select
    summed.*,
    watched.half_term is not null as is_watched,
    {{ percent("summed.absent_sessions", "summed.possible_sessions") }} as overall_absence_percent
from summed
left join {{ ref("watched_half_terms") }} as watched
    on summed.transition = watched.transition and summed.half_term = watched.half_term
