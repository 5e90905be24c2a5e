-- Three kinds of things that happen to registers, side by side and added up by day.
with happened as (
    select
        school_urn,
        session_date,
        1 as registers_expected,
        cast(register_status = 'complete' as integer) as registers_complete,
        cast(register_status = 'partial' as integer) as registers_partial,
        cast(register_status = 'missing' as integer) as registers_missing,
        cast(is_late as integer) as registers_late,
        cast(register_status != 'missing' and not is_late as integer) as registers_on_time,
        0 as reasons_overdue,
        0 as codes_off_list
    from {{ ref("fct_register_completeness") }}
    union all
    select
        school_urn,
        session_date,
        0,
        0,
        0,
        0,
        0,
        0,
        1,
        0
    from {{ ref("int_overdue_reasons") }}
    union all
    select
        marks.school_urn,
        marks.session_date,
        0,
        0,
        0,
        0,
        0,
        0,
        0,
        1
    from {{ ref("int_mark_places") }} as marks
    inner join {{ ref("code_list_reasons") }} as off_list on marks.reason = off_list.reason
    cross join {{ ref("stg_trust") }} as trust
    where marks.speaks_for_date and marks.session_date <= trust.as_of
)

select
    happened.school_urn,
    happened.session_date,
    {{ sums_of("happened", register_sums()) }}
from happened
group by happened.school_urn, happened.session_date
