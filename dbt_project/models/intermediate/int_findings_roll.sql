-- Grain: one row per school and finding about roll and calendar: pupils who vanished, schools without a calendar.
with newest as (
    select
        school_urn,
        max(export_order) as newest_order
    from {{ ref("int_pupil_rows") }}
    group by school_urn
),

vanished as (
    select
        rows.school_urn,
        rows.pupil_key,
        max(cast(rows.exported_at as date)) as last_seen
    from {{ ref("int_pupil_rows") }} as rows
    inner join newest on rows.school_urn = newest.school_urn
    group by rows.school_urn, rows.pupil_key, newest.newest_order
    having
        max(rows.export_order) < newest.newest_order
        and arg_max(coalesce(rows.leaving_date, date '9999-12-31'), rows.export_order) = date '9999-12-31'
),

marked_years as (
    select
        judged.school_urn,
        {{ academic_year("judged.session_date") }} as academic_year,
        min(judged.session_date) as first_date,
        max(judged.session_date) as last_date,
        count(*) as rows
    from {{ ref("int_marks_judged") }} as judged
    where
        judged.school_urn is not null
        and judged.session_date is not null
        and judged.reason = 'not_a_school_day'
    group by judged.school_urn, {{ academic_year("judged.session_date") }}
)

select
    school_urn,
    'pupil_vanished_without_leaving_date' as finding,
    'warn' as severity,
    min(last_seen) as first_date,
    max(last_seen) as last_date,
    count(*) as rows
from vanished
group by school_urn
union all
select
    marked_years.school_urn,
    'no_calendar_for_year',
    'error',
    min(marked_years.first_date),
    max(marked_years.last_date),
    sum(marked_years.rows)
from marked_years
where
    not exists (
        select 1
        from {{ ref("int_half_terms") }} as half_terms
        where
            half_terms.school_urn = marked_years.school_urn
            and half_terms.academic_year = marked_years.academic_year
    )
group by marked_years.school_urn
