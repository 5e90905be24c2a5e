{{ config(materialized="view") }}
-- A view: outside the few sessions that two schools expect a pupil in, these are the rows of fct_sessions.
-- It names its tables without the database, so that it reads in a copy of the warehouse and where that is attached.
select
    session.pupil_key,
    session.session_date,
    session.session,
    session.academic_year,
    session.half_term,
    session.term,
    session.week_start,
    session.school_urn as counted_school_urn,
    session.year_group,
    session.code,
    session.mark_status,
    session.statistical_category,
    session.is_possible,
    session.is_attended,
    session.is_absent,
    session.is_authorised_absence,
    session.is_unauthorised_absence,
    session.is_approved_educational_activity,
    session.is_late,
    session.is_dual_registered,
    session.minutes_late,
    coalesce(pairing.schools, 1) as schools,
    coalesce(pairing.pairing, case when session.is_dual_registered then 'unmatched_d' else 'single' end) as pairing,
    other.school_urn as other_school_urn,
    other.code as other_code,
    session.extract_id,
    session.source_row
from {{ ref("fct_sessions").include(database=false) }} as session
left join {{ ref("fct_session_pairings").include(database=false) }} as pairing
    on
        session.pupil_key = pairing.pupil_key
        and session.school_urn = pairing.school_urn
        and session.session_date = pairing.session_date
        and session.session = pairing.session
left join {{ ref("fct_session_pairings").include(database=false) }} as other
    on
        session.pupil_key = other.pupil_key
        and session.session_date = other.session_date
        and session.session = other.session
        and other.school_order = 2
where coalesce(pairing.is_counted, true)
