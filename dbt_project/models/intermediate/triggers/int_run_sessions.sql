-- possible_no counts an enrolment's possible sessions and mark_no its marks other than planned closures; a session
-- without a mark, or with a refused one, is in neither. Absences with neighbouring numbers follow one another.
with sessions as (
    select
        weeks.pupil_id,
        weeks.school_urn,
        {{ session_number("session.session_date", "session.session") }} as session_no,
        session.is_possible,
        session.is_absent,
        not coalesce(codes.is_planned_closure, false) as is_mark
    from {{ ref("fct_sessions") }} as session
    inner join {{ ref("int_pupils") }} as pupils on session.pupil_key = pupils.pupil_key
    inner join {{ ref("int_run_weeks") }} as weeks
        on
            pupils.pupil_id = weeks.pupil_id
            and session.school_urn = weeks.school_urn
            and session.week_start = weeks.week_start
            and weeks.is_needed_whole
    left join {{ ref("attendance_codes") }} as codes
        on
            session.code = codes.code
            and session.session_date >= codes.valid_from
            and session.session_date <= coalesce(codes.valid_to, date '9999-12-31')
    where session.mark_status = 'recorded'
    union all
    select
        weeks.pupil_id,
        weeks.school_urn,
        {{ session_number("weeks.week_start", "'AM'") }},
        true,
        false,
        true
    from {{ ref("int_run_weeks") }} as weeks
    where not weeks.is_needed_whole and weeks.has_possible
)

select
    pupil_id,
    school_urn,
    session_no,
    is_possible,
    is_absent,
    is_mark,
    cast(count(*) filter (where is_possible) over enrolment as integer) as possible_no,
    cast(count(*) filter (where is_mark) over enrolment as integer) as mark_no
from sessions
window enrolment as (
    partition by pupil_id, school_urn order by session_no rows between unbounded preceding and current row
)
