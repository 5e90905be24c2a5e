-- The trust's own registers of the year before a passage, over all schools that the pupil went to.
select
    passage.transition,
    pupil.pupil_key,
    {{ academic_year_starting(start_year("enrolment.academic_year") ~ " + 1") }} as academic_year,
    case when count(*) = 1 then any_value(enrolment.school_urn) end as earlier_school_urn,
    {{ sums_of("enrolment", transition_sums()) }}
from {{ ref("int_enrolment_periods") }} as enrolment
inner join {{ ref("transitions") }} as passage on enrolment.year_group = passage.from_year_group
inner join {{ ref("int_pupils") }} as pupil on enrolment.pupil_id = pupil.pupil_id
where enrolment.period_type = 'year'
group by passage.transition, pupil.pupil_key, enrolment.academic_year
