-- Registers in which a code for a closure stands beside marks of possible sessions: of the same year group, or for a
-- closure of the whole school of any year group.
with registers as (
    select
        counts.school_urn,
        counts.academic_year,
        counts.session_date,
        counts.session,
        checks.code_check,
        case when checks.scope = 'year_group' then counts.year_group_week end as year_group,
        max(counts.code) filter (where link.code is not null) as code,
        sum(counts.sessions) filter (where link.code is not null) as closed_sessions,
        sum(counts.possible_sessions) as possible_sessions
    from {{ ref("int_session_counts") }} as counts
    cross join {{ ref("code_checks") }} as checks
    left join {{ ref("code_checks_codes") }} as link
        on
            checks.code_check = link.code_check
            and counts.code = link.code
            and counts.session_date >= link.valid_from
            and counts.session_date <= coalesce(link.valid_to, date '9999-12-31')
    where checks.scope = 'school' or (checks.scope = 'year_group' and counts.year_group_week is not null)
    group by all
    having closed_sessions > 0 and possible_sessions > 0
)

select
    registers.code_check,
    cast(null as varchar) as pupil_key,
    registers.school_urn,
    registers.session_date,
    registers.session,
    registers.academic_year,
    registers.year_group,
    registers.code,
    days.day_number as step,
    cast(registers.closed_sessions as bigint) as value
from registers
inner join (
    select distinct
        school_urn,
        session_date,
        day_number
    from {{ ref("int_numbered_days") }}
) as days on registers.school_urn = days.school_urn and registers.session_date = days.session_date
