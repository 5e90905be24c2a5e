with recent as (
    select
        *,
        dense_rank() over (partition by school_urn order by session_date desc) as days_back
    from {{ ref("fct_register_completeness") }}
)

select
    school.slug,
    school.school_name,
    place.place_order,
    recent.session_date,
    recent.session,
    strftime(recent.session_date, '%a %-d %b %Y') || ', ' || lower(names.display_name) as session_label,
    cast(recent.expected_marks as bigint) as expected_marks,
    cast(recent.recorded_marks as bigint) as recorded_marks,
    cast(recent.missing_marks as bigint) as missing_marks,
    cast(recent.quarantined_marks as bigint) as quarantined_marks,
    {{ percent("recent.missing_marks", "recent.expected_marks") }} as missing_percent,
    false as is_suppressed
from recent
inner join {{ ref("dim_school") }} as school on recent.school_urn = school.school_urn
inner join {{ ref("int_place_schools") }} as place
    on recent.school_urn = place.school_urn and place.place_type = 'school'
inner join {{ ref("cohort_names") }} as names on names.cohort_dimension = 'session' and recent.session = names.cohort
-- Six weeks of school days: older gaps stand in rpt_registers.
where recent.days_back <= 30 and recent.missing_marks > 0
