-- A session of dual registration without the other school's mark: unpaired where the pupil is on the roll of another
-- school of the trust, elsewhere where not.
with dual as (
    select distinct
        pupil_key,
        school_urn,
        session_date,
        session
    from {{ ref("int_checked_sessions") }}
    where code_check in ('dual_unpaired', 'dual_elsewhere')
),

others as (
    select
        dual.pupil_key,
        dual.school_urn,
        dual.session_date,
        dual.session,
        count(other.school_urn) as schools,
        count(*) filter (where other.mark_status = 'recorded' and not other.is_dual_registered) as marks
    from dual
    left join {{ ref("fct_sessions") }} as other
        on
            dual.pupil_key = other.pupil_key
            and dual.session_date = other.session_date
            and dual.session = other.session
            and dual.school_urn != other.school_urn
    group by all
)

select
    checked.*,
    checked.day_number as step,
    1 as value
from {{ ref("int_checked_sessions") }} as checked
inner join others
    on
        checked.pupil_key = others.pupil_key
        and checked.school_urn = others.school_urn
        and checked.session_date = others.session_date
        and checked.session = others.session
where
    (checked.code_check = 'dual_unpaired' and others.schools > 0 and others.marks = 0)
    or (checked.code_check = 'dual_elsewhere' and others.schools = 0)
