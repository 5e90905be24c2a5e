-- Overdue from the day after the last on which the reason could be put in. The days of school that count are those of
-- the pupil's year group. Sessions that are not overdue yet are left out.
with today as (
    select
        days.school_urn,
        days.year_group,
        count(*) as days_before
    from {{ ref("int_numbered_days") }} as days
    cross join {{ ref("stg_trust") }} as trust
    where days.session_date < trust.as_of
    group by all
)

select
    checked.*,
    checked.day_number as step,
    today.days_before - checked.group_day_number as value
from {{ ref("int_checked_sessions") }} as checked
inner join today
    on checked.school_urn = today.school_urn and coalesce(checked.year_group, 'unknown') = today.year_group
where
    checked.code_check = 'never_resolved'
    and today.days_before - checked.group_day_number >= (
        select max(rule.value)
        from {{ ref("dim_rule") }} as rule
        where
            rule.rule_name = 'n_overdue_days'
            and checked.session_date >= rule.valid_from
            and checked.session_date <= coalesce(rule.valid_to, date '9999-12-31')
    )
