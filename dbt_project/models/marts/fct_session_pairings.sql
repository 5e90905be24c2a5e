-- Only pupils whose spells at two schools overlap can be expected at both in one session.
with shared_spells as (
    select
        pupils.pupil_key,
        min(greatest(roll.entry_date, other.entry_date)) as first_date,
        max(least(roll.leaving_date, other.leaving_date)) as last_date
    from {{ ref("int_roll") }} as roll
    inner join {{ ref("int_roll") }} as other
        on
            roll.pupil_id = other.pupil_id
            and roll.school_urn < other.school_urn
            and roll.entry_date <= other.leaving_date
            and roll.leaving_date >= other.entry_date
    inner join {{ ref("int_pupils") }} as pupils on roll.pupil_id = pupils.pupil_id
    group by pupils.pupil_key
),

expected as (
    select
        session.*,
        session.mark_status = 'recorded' and not session.is_dual_registered as is_marked
    from {{ ref("fct_sessions") }} as session
    inner join shared_spells
        on
            session.pupil_key = shared_spells.pupil_key
            and session.session_date between shared_spells.first_date and shared_spells.last_date
    qualify count(*) over (partition by session.pupil_key, session.session_date, session.session) > 1
),

ranked as (
    select
        expected.*,
        count(*) over same_session as schools,
        count(*) filter (where expected.is_possible) over same_session as possible_marks,
        bool_or(expected.is_marked) over same_session as any_marked,
        bool_or(expected.is_dual_registered) over same_session as any_dual_registered,
        row_number() over (
            partition by expected.pupil_key, expected.session_date, expected.session
            order by
                expected.is_possible desc, expected.is_marked desc, expected.is_dual_registered asc,
                coalesce(status.is_main_registration, false) desc, spell.entry_date desc, expected.school_urn asc
        ) as school_order
    from expected
    left join {{ ref("int_pupil_versions") }} as version
        on
            expected.pupil_key = version.pupil_key
            and expected.school_urn = version.school_urn
            and expected.session_date between version.valid_from and coalesce(version.valid_to, date '9999-12-31')
    left join {{ ref("enrolment_statuses") }} as status on version.enrolment_status = status.enrolment_status
    left join {{ ref("int_roll") }} as spell
        on
            expected.pupil_key = spell.pupil_key
            and expected.school_urn = spell.school_urn
            and expected.session_date between spell.entry_date and spell.leaving_date
    window same_session as (partition by expected.pupil_key, expected.session_date, expected.session)
)

select
    pupil_key,
    school_urn,
    session_date,
    session,
    academic_year,
    half_term,
    term,
    week_start,
    cast(schools as integer) as schools,
    case
        when possible_marks > 1 then 'conflict'
        when any_marked then 'paired'
        when any_dual_registered then 'unmatched_d'
        else 'both_missing'
    end as pairing,
    school_order = 1 as is_counted,
    cast(school_order as integer) as school_order,
    code,
    mark_status,
    is_possible,
    is_attended,
    is_absent,
    is_authorised_absence,
    is_unauthorised_absence,
    is_late,
    is_dual_registered
from ranked
