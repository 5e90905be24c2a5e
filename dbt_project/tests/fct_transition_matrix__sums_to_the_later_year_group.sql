-- What: the pupils of the matrix are the enrolments of the later year group.
-- When it matters: a pupil whose year before is not known must stay in the matrix, as `none`.
-- How to mend: look for an inner join between fct_transition and what is known of the year before.
with matrix as (
    select
        school_urn,
        transition,
        academic_year,
        sum(pupils) as pupils
    from {{ ref("fct_transition_matrix") }}
    group by school_urn, transition, academic_year
),

enrolled as (
    select
        enrolment.school_urn,
        passage.transition,
        enrolment.academic_year,
        count(*) as pupils
    from {{ ref("fct_bands") }} as enrolment
    inner join {{ ref("transitions") }} as passage on enrolment.year_group = passage.to_year_group
    where enrolment.period_type = 'year'
    group by enrolment.school_urn, passage.transition, enrolment.academic_year
)

select
    enrolled.*,
    matrix.pupils as matrix_pupils
from enrolled
full outer join matrix
    on
        enrolled.school_urn = matrix.school_urn
        and enrolled.transition = matrix.transition
        and enrolled.academic_year = matrix.academic_year
where matrix.pupils is distinct from enrolled.pupils
