select
    pupil.pupil_id,
    session.school_urn,
    session.academic_year,
    session.half_term,
    session.term,
    session.week_start,
    {{ count_sessions() | indent(4) }}
from {{ ref("fct_sessions") }} as session
inner join {{ ref("int_pupils") }} as pupil on session.pupil_key = pupil.pupil_key
group by all
