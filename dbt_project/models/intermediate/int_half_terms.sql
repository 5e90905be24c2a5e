-- Grain: one row per school, academic year and half term. Of several calendars the newest that names a boundary speaks.
with boundaries as (
    select
        extracts.school_urn,
        {{ academic_year("calendar.calendar_date") }} as academic_year,
        calendar.half_term,
        calendar.status,
        calendar.calendar_date
    from {{ ref("stg_calendar") }} as calendar
    inner join {{ ref("stg_extracts") }} as extracts
        on calendar.extract_id = extracts.extract_id and calendar.slug = extracts.slug
    where
        calendar.half_term is not null
        and calendar.row_reason is null
        and calendar.duplicate is null
    qualify
        row_number() over (
            partition by extracts.school_urn, academic_year, calendar.half_term, calendar.status
            order by extracts.export_order desc, calendar.calendar_date asc
        ) = 1
),

paired as (
    select
        school_urn,
        academic_year,
        half_term,
        max(calendar_date) filter (where status = 'half_term_start') as start_date,
        max(calendar_date) filter (where status = 'half_term_end') as end_date
    from boundaries
    group by school_urn, academic_year, half_term
)

select
    paired.school_urn,
    paired.academic_year,
    paired.half_term,
    names.term,
    names.half_term_order,
    paired.start_date,
    paired.end_date,
    -- the days that belong to the half term in weeks and lists, up to the next one
    case
        when row_number() over year_of_school = 1 then make_date({{ start_year("paired.academic_year") }}, 8, 1)
        else paired.start_date
    end as span_start,
    coalesce(
        cast(lead(paired.start_date) over year_of_school - interval 1 day as date),
        make_date({{ start_year("paired.academic_year") }} + 1, 7, 31)
    ) as span_end
from paired
left join {{ ref("half_terms") }} as names on paired.half_term = names.half_term
where
    paired.start_date is not null
    and paired.end_date is not null
window year_of_school as (partition by paired.school_urn, paired.academic_year order by paired.start_date)
