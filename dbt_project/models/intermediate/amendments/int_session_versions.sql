-- What each extract that spoke for a session says of it. An extract that covers the day without a usable row says that
-- there is no mark, or only a refused one.
with said as (
    select
        judged.extract_no,
        judged.pupil_id,
        judged.school_urn,
        judged.session_date,
        judged.session,
        bool_or(judged.reason is null) as is_recorded,
        max(judged.code) filter (where judged.reason is null) as code,
        max(judged.minutes_late) filter (where judged.reason is null) as minutes_late,
        coalesce(min(judged.source_row) filter (where judged.reason is null), min(judged.source_row)) as source_row
    from {{ ref("int_marks_judged") }} as judged
    inner join {{ ref("int_resent_sessions") }} as resent
        on
            judged.pupil_id = resent.pupil_id
            and judged.school_urn = resent.school_urn
            and judged.session_date = resent.session_date
            and judged.session = resent.session
    where not judged.is_no_mark and not judged.is_repeated
    group by judged.extract_no, judged.pupil_id, judged.school_urn, judged.session_date, judged.session
)

select
    resent.pupil_id,
    resent.school_urn,
    resent.session_date,
    resent.session,
    steps.step_no,
    steps.extract_no,
    said.source_row,
    said.code,
    said.minutes_late,
    case
        when said.is_recorded then 'recorded'
        when said.extract_no is not null then 'quarantined'
        else 'missing'
    end as mark_status
from {{ ref("int_resent_sessions") }} as resent
inner join {{ ref("int_speaking_steps") }} as steps
    on resent.school_urn = steps.school_urn and resent.session_date = steps.session_date
left join said
    on
        steps.extract_no = said.extract_no
        and resent.pupil_id = said.pupil_id
        and resent.school_urn = said.school_urn
        and resent.session_date = said.session_date
        and resent.session = said.session
