-- A date of birth does not change, so the last one that was stated counts for all years.
with enrolment_years as (
    select distinct
        pupil_id,
        school_urn,
        academic_year
    from {{ ref("int_enrolment_weeks") }}
),

born as (
    select
        pupil_id,
        school_urn,
        arg_max(birth_cohort, valid_from) filter (where birth_cohort is not null) as birth_cohort
    from {{ ref("int_pupil_versions") }}
    group by pupil_id, school_urn
)

select
    enrolment_years.pupil_id,
    enrolment_years.school_urn,
    enrolment_years.academic_year,
    {{ start_year("enrolment_years.academic_year") }} - born.birth_cohort
    between {{ rule_value("compulsory_age_min", "enrolment_years.academic_year", kind="academic_year") }}
    and {{ rule_value("compulsory_age_max", "enrolment_years.academic_year", kind="academic_year") }}
        as is_compulsory_school_age
from enrolment_years
left join born on enrolment_years.pupil_id = born.pupil_id and enrolment_years.school_urn = born.school_urn
