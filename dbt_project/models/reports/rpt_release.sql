select
    trust.trust_name,
    trust.as_of,
    place.newest_marks_date,
    running.running_year as academic_year,
    max_by(period.period_key, period.period_order) filter (where period.period_type = 'half_term') as current_half_term,
    max_by(period.period_key, period.period_order) filter (
        where period.period_type = 'half_term' and not period.is_running
    ) as latest_complete_half_term,
    place.schools,
    cast({{ rule_value("suppression_minimum_pupils", "trust.as_of") }} as integer) as suppression_minimum_pupils
from {{ ref("stg_trust") }} as trust
inner join {{ ref("rpt_places") }} as place on place.place_type = 'trust'
cross join {{ ref("rpt_periods") }} as period
cross join {{ ref("int_running_year") }} as running
group by trust.trust_name, trust.as_of, running.running_year, place.newest_marks_date, place.schools
