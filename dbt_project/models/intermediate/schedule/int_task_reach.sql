-- Grain: one row per school with marks, and one for the trust (school_urn NULL): the session that this build's figures
-- reach, as `2026-11-13 PM`. What is made for the whole trust goes out on its day, whichever schools have sent nothing.
select
    registers.school_urn,
    school.slug,
    max(registers.session_date || ' ' || registers.session) as data_to
from {{ ref("fct_register_completeness") }} as registers
inner join {{ ref("dim_school") }} as school on registers.school_urn = school.school_urn
where registers.recorded_marks > 0
group by registers.school_urn, school.slug
union all
select
    null as school_urn,
    null as slug,
    trust.as_of || ' PM' as data_to
from {{ ref("stg_trust") }} as trust
