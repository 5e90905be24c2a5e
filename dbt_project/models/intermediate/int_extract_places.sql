-- Grain: one row per extract, school and kind, with how many of its rows ended where. Every row is in one place.
with placed as (
    select
        extract_id,
        slug,
        session_date as day,
        outcome
    from {{ ref("int_mark_places") }}
    union all
    select
        pupils.extract_id,
        pupils.slug,
        null,
        case
            when pupils.row_reason is not null or pupils.duplicate = 'conflicting' then 'quarantined'
            when pupils.duplicate = 'identical' then 'identical_duplicate'
            else 'applied'
        end
    from {{ ref("stg_pupils") }} as pupils
    union all
    select
        calendar.extract_id,
        calendar.slug,
        calendar.calendar_date,
        case
            when calendar.row_reason is not null or calendar.duplicate = 'conflicting' then 'quarantined'
            when calendar.duplicate = 'identical' then 'identical_duplicate'
            when days.row_id is not null then 'applied'
            when half_terms.academic_year is not null then 'applied'
            else 'superseded'
        end
    from {{ ref("stg_calendar") }} as calendar
    left join {{ ref("stg_schools") }} as schools on calendar.slug = schools.slug
    left join {{ ref("int_calendar_days") }} as days
        on calendar.extract_id = days.extract_id and calendar.row_id = days.row_id
    left join {{ ref("int_half_terms") }} as half_terms
        on
            schools.school_urn = half_terms.school_urn
            and calendar.half_term = half_terms.half_term
            and calendar.calendar_date in (half_terms.start_date, half_terms.end_date)
    union all
    select
        refused.extract_id,
        refused.slug,
        null,
        'quarantined'
    from {{ ref("stg_refused") }} as refused
)

select
    extract_id,
    slug,
    min(day) filter (where outcome != 'quarantined') as first_date,
    max(day) filter (where outcome != 'quarantined') as last_date,
    count(*) as rows,
    count(*) filter (where outcome = 'applied') as applied,
    count(*) filter (where outcome = 'superseded') as superseded,
    count(*) filter (where outcome = 'identical_duplicate') as identical_duplicate,
    count(*) filter (where outcome = 'no_mark') as no_mark,
    count(*) filter (where outcome = 'quarantined') as quarantined,
    count(*) filter (where outcome = 'held') as held
from placed
group by extract_id, slug
