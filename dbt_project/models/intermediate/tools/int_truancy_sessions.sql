select
    pupil.pupil_id,
    absence.school_urn,
    absence.academic_year,
    absence.half_term,
    absence.term,
    cast(count(*) as integer) as truancy_sessions
from {{ ref("fct_sessions") }} as absence
inner join {{ ref("truancy_codes") }} as truancy
    on
        absence.code = truancy.code
        and absence.session_date >= truancy.valid_from
        and absence.session_date <= coalesce(truancy.valid_to, date '9999-12-31')
inner join {{ ref("int_pupils") }} as pupil on absence.pupil_key = pupil.pupil_key
where absence.is_unauthorised_absence
group by all
