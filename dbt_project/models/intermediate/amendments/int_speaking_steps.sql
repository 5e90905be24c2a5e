-- An extract speaks for every day from its first to its last, unless it is held. Only days that several extracts spoke
-- for can have changed.
with spans as (
    select
        days.extract_no,
        days.school_urn,
        days.export_order,
        min(days.session_date) as first_date,
        max(days.session_date) as last_date
    from {{ ref("int_extract_days") }} as days
    left join {{ ref("int_extract_holds") }} as held on days.extract_no = held.extract_no and held.is_held
    where held.extract_no is null
    group by days.extract_no, days.school_urn, days.export_order
),

school_days as (
    select distinct
        school_urn,
        session_date
    from {{ ref("int_session_counts") }}
)

select
    school_days.school_urn,
    school_days.session_date,
    spans.extract_no,
    row_number() over spoken as step_no,
    count(*) over (partition by school_days.school_urn, school_days.session_date) as steps
from school_days
inner join spans
    on
        school_days.school_urn = spans.school_urn
        and school_days.session_date between spans.first_date and spans.last_date
window spoken as (partition by school_days.school_urn, school_days.session_date order by spans.export_order)
qualify steps > 1
