select
    place.place_type,
    place.place_key,
    place.place_name,
    place.slug,
    ranked.academic_year,
    ranked.period_type,
    ranked.period_key,
    ranked.year_group,
    coalesce(years.display_name, 'Not known') as year_group_label,
    ranked.list_order,
    ranked.attendance_rank,
    ranked.ranked_year_groups,
    ranked.pupils,
    ranked.possible_sessions,
    ranked.attended_sessions,
    ranked.attendance_percent
from {{ ref("fct_year_group_ranks") }} as ranked
inner join {{ ref("int_place_schools") }} as place
    on ranked.school_urn = place.school_urn and place.place_type = 'school'
left join {{ ref("year_groups") }} as years on ranked.year_group = years.year_group
where ranked.population = 'all' and ranked.attendance_rank is not null
