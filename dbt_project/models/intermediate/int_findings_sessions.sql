-- Grain: one row per school and finding about marks in force: dual registration that no other school of the trust
-- matches, sessions that two schools recorded for one pupil, and whole registers that are missing.
with unpaired as (
    select
        session.school_urn,
        session.session_date
    from {{ ref("fct_sessions") }} as session
    left join {{ ref("fct_session_pairings") }} as pairing
        on
            session.pupil_key = pairing.pupil_key
            and session.school_urn = pairing.school_urn
            and session.session_date = pairing.session_date
            and session.session = pairing.session
    where
        session.is_dual_registered
        and coalesce(pairing.pairing, 'unmatched_d') = 'unmatched_d'
)

select
    school_urn,
    'dual_registration_unpaired' as finding,
    'warn' as severity,
    min(session_date) as first_date,
    max(session_date) as last_date,
    count(*) as rows
from unpaired
group by school_urn
union all
select
    school_urn,
    'two_schools_recorded',
    'warn',
    min(session_date),
    max(session_date),
    count(*)
from {{ ref("fct_session_pairings") }}
where pairing = 'conflict' and is_possible
group by school_urn
union all
select
    school_urn,
    'register_missing',
    'warn',
    min(session_date),
    max(session_date),
    count(*)
from {{ ref("fct_register_completeness") }}
where recorded_marks = 0
group by school_urn
