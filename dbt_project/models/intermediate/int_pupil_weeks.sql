-- A pupil's sessions at every school, less those that another school's mark counts for.
with set_aside as (
    select
        pupil.pupil_id,
        pairing.school_urn,
        pairing.academic_year,
        pairing.half_term,
        pairing.week_start,
        {{ count_sessions() | indent(8) }}
    from {{ ref("fct_session_pairings") }} as pairing
    inner join {{ ref("int_pupils") }} as pupil on pairing.pupil_key = pupil.pupil_key
    where not pairing.is_counted
    group by all
)

select
    weeks.pupil_id,
    weeks.school_urn,
    weeks.academic_year,
    weeks.half_term,
    weeks.term,
    weeks.week_start,
    {%- for column in session_sums() %}
    weeks.{{ column }} - coalesce(set_aside.{{ column }}, 0) as {{ column }},
    {%- endfor %}
    coalesce(set_aside.possible_sessions, 0) as double_counted_sessions
from {{ ref("int_enrolment_weeks") }} as weeks
left join set_aside
    on
        weeks.pupil_id = set_aside.pupil_id
        and weeks.school_urn = set_aside.school_urn
        and weeks.academic_year = set_aside.academic_year
        and weeks.half_term is not distinct from set_aside.half_term
        and weeks.week_start = set_aside.week_start
