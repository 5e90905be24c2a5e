-- Grain: one row per school and finding about the use of codes; checks whose finding is another model's are left out.
select
    found.school_urn,
    checks.finding,
    min(checks.severity) as severity,
    min(found.first_date) as first_date,
    max(found.last_date) as last_date,
    sum(found.sessions) as rows,
    -- Registers closed for a part are about all pupils of a year group.
    case when count(found.pupil_key) > 0 then count(distinct found.pupil_key) end as pupils
from {{ ref("fct_code_checks") }} as found
inner join {{ ref("code_checks") }} as checks on found.code_check = checks.code_check
where checks.finding is not null
group by found.school_urn, checks.finding
