-- The day by which a reason was due is the so-manieth school day after the session; overdue is what is older than that.
with as_of_days as (
    select
        days.school_urn,
        days.year_group,
        max(days.day_no) filter (where days.session_date < trust.as_of) as last_day_no
    from {{ ref("int_school_days") }} as days
    cross join {{ ref("stg_trust") }} as trust
    group by days.school_urn, days.year_group
)

select
    absent.pupil_id,
    absent.school_urn,
    absent.session_date,
    absent.session,
    absent.session_no,
    absent.code,
    due.session_date as due_on,
    cast(as_of_days.last_day_no - today.day_no + 1 as integer) as school_days,
    rule.value as threshold
from {{ ref("int_absent_sessions") }} as absent
cross join {{ ref("stg_trust") }} as trust
inner join {{ ref("dim_rule") }} as rule on {{ in_force("rule", "'n_overdue_days'", "absent.session_date") }}
left join {{ ref("int_school_days") }} as today
    on
        absent.school_urn = today.school_urn
        and absent.year_group = today.year_group
        and absent.session_date = today.session_date
left join {{ ref("int_school_days") }} as due
    on
        today.school_urn = due.school_urn
        and today.year_group = due.year_group
        and today.day_no + cast(rule.value as integer) = due.day_no
left join as_of_days on today.school_urn = as_of_days.school_urn and today.year_group = as_of_days.year_group
where absent.is_reason_outstanding and due.session_date < trust.as_of
