with findings as (
    select * from {{ ref("int_findings_extracts") }}
    union all
    select * from {{ ref("int_findings_roll") }}
    union all
    select * from {{ ref("int_findings_sessions") }}
    union all
    select * from {{ ref("int_findings_transition") }}
    union all
    select * from {{ ref("int_findings_amendments") }}
    union all
    select * exclude (pupils) from {{ ref("int_findings_codes") }}
)

select
    school_urn,
    finding,
    severity,
    first_date,
    last_date,
    cast(rows as bigint) as rows
from findings
