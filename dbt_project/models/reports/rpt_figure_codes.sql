-- A code whose meaning changed within the period has a row for each meaning. Sessions without a code are there twice in
-- one row of counts: those without a mark, and those with a refused one.
{%- set counted = [
    "sessions", "possible_sessions", "attended_sessions", "absent_sessions", "authorised_sessions",
    "unauthorised_sessions", "late_sessions",
] %}
with meant as (
    select
        counts.school_urn,
        counts.academic_year,
        counts.half_term,
        counts.term,
        {%- for period_type in period_types() if period_type != "week" %}
        coalesce(counts.year_group_{{ period_type }}, 'unknown') as year_group_{{ period_type }},
        {%- endfor %}
        coalesce(counts.code, mark.mark_status) as line,
        meaning.valid_from,
        cast(sum(case mark.mark_status
            when 'missing' then counts.missing_sessions
            when 'refused' then counts.quarantined_sessions
            else counts.sessions
        end) as integer) as sessions,
        {{ sums_of("counts", counted[1:]) }}
    from {{ ref("int_session_counts") }} as counts
    inner join (values ('recorded'), ('missing'), ('refused')) as mark (mark_status)
        on
            (counts.code is not null and mark.mark_status = 'recorded')
            or (counts.code is null and counts.missing_sessions > 0 and mark.mark_status = 'missing')
            or (counts.code is null and counts.quarantined_sessions > 0 and mark.mark_status = 'refused')
    left join {{ ref("dim_attendance_code") }} as meaning
        on
            counts.code = meaning.code
            and counts.session_date >= meaning.valid_from
            and counts.session_date <= coalesce(meaning.valid_to, date '9999-12-31')
    group by all
),

summed as (
    {%- for period_type in period_types() if period_type != "week" %}
    select
        meant.school_urn,
        meant.academic_year,
        '{{ period_type }}' as period_type,
        {{ period_key(period_type, "meant") }} as period_key,
        case when whole.is_whole then 'all' else meant.year_group_{{ period_type }} end as year_group,
        meant.line,
        meant.valid_from,
        {{ sums_of("meant", counted) }}
    from meant
    cross join (values (true), (false)) as whole (is_whole)
    where {{ period_key(period_type, "meant") }} is not null
    group by all
    {{ "union all" if not loop.last }}
    {%- endfor %}
)

select
    school.slug,
    summed.academic_year,
    summed.period_type,
    summed.period_key,
    summed.year_group,
    coalesce(years.display_name, if(summed.year_group = 'all', 'All year groups', 'Not known')) as year_group_label,
    cast(coalesce(years.year_group_order, if(summed.year_group = 'all', 0, 999)) as integer) as year_group_order,
    summed.line,
    cast(coalesce(category.category_order, if(summed.line = 'missing', 100, 101)) as integer) as line_order,
    meaning.code,
    coalesce(
        meaning.description, if(summed.line = 'missing', 'No mark was sent', 'The mark that was sent could not be used')
    ) as description,
    coalesce(category.display_name, if(summed.line = 'missing', 'Missing', 'Refused')) as category_label,
    coalesce(category.counts_as, 'Neither attendance nor absence until the school sends a mark') as counts_as,
    summed.valid_from,
    {{ columns_of("summed", counted) }}
from summed
inner join {{ ref("dim_school") }} as school on summed.school_urn = school.school_urn
left join {{ ref("dim_attendance_code") }} as meaning
    on summed.line = meaning.code and summed.valid_from = meaning.valid_from
left join {{ ref("statistical_categories") }} as category
    on meaning.statistical_category = category.statistical_category
left join {{ ref("year_groups") }} as years on summed.year_group = years.year_group
