select
    place.slug,
    place.place_name as school_name,
    place.phase,
    place.place_order,
    fresh.as_of,
    fresh.newest_marks_date,
    fresh.school_days_since_marks,
    fresh.newest_pupils_date,
    fresh.school_days_since_pupils,
    fresh.newest_received_at,
    fresh.held_extracts,
    cast(fresh.overdue_school_days as integer) as overdue_school_days,
    cast(fresh.pupils_extract_school_days as integer) as pupils_extract_school_days,
    cast({{ rule_value("release_old_days", "fresh.as_of") }} as integer) as release_old_days,
    fresh.freshness,
    status.freshness_order,
    status.label as freshness_label,
    status.is_overdue,
    status.what_to_do
from {{ ref("fct_freshness") }} as fresh
inner join {{ ref("rpt_places") }} as place on fresh.school_urn = place.school_urn and place.place_type = 'school'
left join {{ ref("freshness_statuses") }} as status on fresh.freshness = status.freshness
