with registers as (
    select
        school_urn,
        session_date,
        session,
        academic_year,
        cast(sum(sessions) as integer) as expected_marks,
        cast(sum(recorded_sessions) as integer) as recorded_marks,
        cast(sum(missing_sessions) as integer) as missing_marks,
        cast(sum(quarantined_sessions) as integer) as quarantined_marks
    from {{ ref("int_session_counts") }}
    group by school_urn, session_date, session, academic_year
)

select
    registers.*,
    case
        when registers.recorded_marks = 0 then 'missing'
        when registers.recorded_marks < registers.expected_marks then 'partial'
        else 'complete'
    end as register_status,
    arrivals.first_covered_at,
    arrivals.first_recorded_at,
    coalesce(arrivals.is_late, false) as is_late
from registers
left join {{ ref("int_register_arrivals") }} as arrivals
    on
        registers.school_urn = arrivals.school_urn
        and registers.session_date = arrivals.session_date
        and registers.session = arrivals.session
