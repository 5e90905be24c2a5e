-- An extract speaks for every day from its first to its last. It shows that a register was late when it was written
-- after the time by which the register should have been taken, and a later one brought the first mark. Held extracts do
-- not count.
with spans as (
    select
        days.extract_no,
        days.school_urn,
        extracts.exported_at,
        extracts.export_order,
        min(days.session_date) as first_date,
        max(days.session_date) as last_date
    from {{ ref("int_extract_days") }} as days
    inner join {{ ref("stg_extracts") }} as extracts on days.extract_no = extracts.extract_no
    left join {{ ref("int_extract_holds") }} as held on days.extract_no = held.extract_no and held.is_held
    where held.extract_no is null
    group by days.extract_no, days.school_urn, extracts.exported_at, extracts.export_order
),

registers as (
    select distinct
        school_urn,
        session_date,
        session
    from {{ ref("int_session_counts") }}
),

covered as (
    select
        registers.school_urn,
        registers.session_date,
        registers.session,
        min(spans.exported_at) as first_covered_at,
        min(spans.export_order) as first_order
    from registers
    inner join {{ ref("register_times") }} as times on registers.session = times.session
    inner join spans
        on
            registers.school_urn = spans.school_urn
            and registers.session_date between spans.first_date and spans.last_date
            and spans.exported_at >= registers.session_date + times.taken_by
    group by registers.school_urn, registers.session_date, registers.session
),

recorded as (
    select
        marks.school_urn,
        marks.session_date,
        marks.session,
        min(spans.exported_at) as first_recorded_at,
        min(spans.export_order) as first_order
    from {{ ref("int_extract_registers") }} as marks
    inner join spans on marks.extract_no = spans.extract_no and marks.school_urn = spans.school_urn
    where marks.marks > 0
    group by marks.school_urn, marks.session_date, marks.session
)

select
    registers.school_urn,
    registers.session_date,
    registers.session,
    covered.first_covered_at,
    recorded.first_recorded_at,
    coalesce(covered.first_order < recorded.first_order, false) as is_late
from registers
left join covered
    on
        registers.school_urn = covered.school_urn
        and registers.session_date = covered.session_date
        and registers.session = covered.session
left join recorded
    on
        registers.school_urn = recorded.school_urn
        and registers.session_date = recorded.session_date
        and registers.session = recorded.session
