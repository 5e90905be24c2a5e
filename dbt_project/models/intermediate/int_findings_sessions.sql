-- Grain: one row per school and finding about marks in force: dual registration that no other school of the trust
-- matches, and whole registers that are missing.
with dual as (
    select
        pupil_key,
        school_urn,
        session_date,
        session
    from {{ ref("fct_sessions") }}
    where is_dual_registered
),

unpaired as (
    select dual.*
    from dual
    where
        not exists (
            select 1
            from {{ ref("fct_sessions") }} as other
            where
                other.pupil_key = dual.pupil_key
                and other.school_urn != dual.school_urn
                and other.session_date = dual.session_date
                and other.session = dual.session
                and other.mark_status = 'recorded'
                and not other.is_dual_registered
        )
),

registers as (
    select
        school_urn,
        session_date,
        session,
        count(*) filter (where mark_status = 'recorded') as recorded,
        count(*) as expected
    from {{ ref("fct_sessions") }}
    group by school_urn, session_date, session
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
    'register_missing',
    'warn',
    min(session_date),
    max(session_date),
    count(*)
from registers
where recorded = 0
group by school_urn
