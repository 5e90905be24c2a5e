-- Who is in the later year group of a passage, and whom a year6 extract tells of, be they there or not.
with pupils as (
    select
        passage.transition,
        enrolment.pupil_key,
        enrolment.school_urn,
        enrolment.academic_year,
        true as is_enrolled
    from {{ ref("fct_bands") }} as enrolment
    inner join {{ ref("transitions") }} as passage on enrolment.year_group = passage.to_year_group
    where enrolment.period_type = 'year'
    union all
    select
        year6.transition,
        year6.pupil_key,
        year6.school_urn,
        year6.academic_year,
        false as is_enrolled
    from {{ ref("int_year6_rows") }} as year6
    where year6.is_newest
)

select
    transition,
    pupil_key,
    school_urn,
    academic_year,
    bool_or(is_enrolled) as is_enrolled
from pupils
group by transition, pupil_key, school_urn, academic_year
