-- What the law asks of parents of children of compulsory school age does not count when a pupil is known to be outside
-- that age; an unknown age stays in.
select
    pupils.pupil_id,
    session.school_urn,
    session.academic_year,
    session.term,
    session.week_start,
    session.session_date,
    session.session,
    {{ session_number("session.session_date", "session.session") }} as session_no,
    coalesce(session.year_group, 'unknown') as year_group,
    session.code,
    session.is_absent,
    session.is_authorised_absence,
    session.is_unauthorised_absence,
    {%- for flag in ["penalty_notice", "attendance_return", "sickness_return"] %}
    codes.counts_for_{{ flag }} and coalesce(ages.is_compulsory_school_age, true) as counts_for_{{ flag }},
    {%- endfor %}
    codes.counts_for_ground_i,
    codes.counts_for_suspension,
    codes.is_reason_outstanding
from {{ ref("fct_sessions") }} as session
inner join {{ ref("int_pupils") }} as pupils on session.pupil_key = pupils.pupil_key
left join {{ ref("attendance_codes") }} as codes
    on
        session.code = codes.code
        and session.session_date >= codes.valid_from
        and session.session_date <= coalesce(codes.valid_to, date '9999-12-31')
left join {{ ref("int_enrolment_years") }} as ages
    on
        pupils.pupil_id = ages.pupil_id
        and session.school_urn = ages.school_urn
        and session.academic_year = ages.academic_year
where session.is_absent
