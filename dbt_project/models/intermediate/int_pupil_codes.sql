select
    pupil.pupil_id,
    session.school_urn,
    session.academic_year,
    session.half_term,
    session.term,
    session.code,
    cast(count(*) as integer) as sessions
from {{ ref("fct_sessions") }} as session
inner join {{ ref("int_pupils") }} as pupil on session.pupil_key = pupil.pupil_key
where session.code is not null
group by all
