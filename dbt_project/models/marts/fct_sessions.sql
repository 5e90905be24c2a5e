select
    pupils.pupil_key,
    spine.school_urn,
    spine.session_date,
    spine.session,
    sessions.academic_year,
    sessions.half_term,
    sessions.term,
    sessions.week_start,
    nullif(sessions.year_group, 'unknown') as year_group,
    marks.code,
    coalesce(marks.mark_status, 'missing') as mark_status,
    codes.statistical_category,
    coalesce(codes.is_possible, false) as is_possible,
    coalesce(codes.is_attended, false) as is_attended,
    coalesce(codes.is_absent, false) as is_absent,
    coalesce(codes.is_authorised_absence, false) as is_authorised_absence,
    coalesce(codes.is_unauthorised_absence, false) as is_unauthorised_absence,
    coalesce(codes.is_approved_educational_activity, false) as is_approved_educational_activity,
    coalesce(codes.is_late, false) as is_late,
    coalesce(codes.is_dual_registered, false) as is_dual_registered,
    marks.minutes_late,
    extracts.extract_id,
    marks.source_row
from {{ ref("int_spine") }} as spine
cross join {{ ref("stg_trust") }} as trust
inner join {{ ref("int_pupils") }} as pupils on spine.pupil_id = pupils.pupil_id
inner join {{ ref("int_school_sessions") }} as sessions on spine.school_session_id = sessions.school_session_id
left join {{ ref("int_marks_in_force") }} as marks
    on
        spine.pupil_id = marks.pupil_id
        and spine.school_urn = marks.school_urn
        and spine.session_date = marks.session_date
        and spine.session = marks.session
left join {{ ref("stg_extracts") }} as extracts on marks.extract_no = extracts.extract_no
left join {{ ref("attendance_codes") }} as codes
    on
        marks.code = codes.code
        and spine.session_date >= codes.valid_from
        and spine.session_date <= coalesce(codes.valid_to, date '9999-12-31')
where spine.session_date <= trust.as_of
