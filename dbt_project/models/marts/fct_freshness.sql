with marks as (
    select
        school_urn,
        max(session_date) as newest_marks_date
    from {{ ref("fct_register_completeness") }}
    where recorded_marks > 0
    group by school_urn
),

extracts as (
    select
        school_urn,
        max(received_at) as newest_received_at,
        cast(max(exported_at) filter (where kind = 'pupils' and problem is null) as date) as newest_pupils_date,
        cast(count(*) filter (where review_status = 'awaiting') as integer) as held_extracts
    from {{ ref("fct_extracts") }}
    group by school_urn
),

schools as (
    select
        school.school_urn,
        trust.as_of,
        marks.newest_marks_date,
        extracts.newest_pupils_date,
        extracts.newest_received_at,
        coalesce(extracts.held_extracts, 0) as held_extracts,
        {{ rule_values(["overdue_school_days", "pupils_extract_school_days"], "trust.as_of") }}
    from {{ ref("dim_school") }} as school
    cross join {{ ref("stg_trust") }} as trust
    left join marks on school.school_urn = marks.school_urn
    left join extracts on school.school_urn = extracts.school_urn
),

counted as (
    select
        schools.school_urn,
        max(days.school_day) as calendar_ends,
        cast(count(*) filter (
            where days.school_day <= schools.as_of
            and days.school_day > coalesce(schools.newest_marks_date, date '1900-01-01')
        ) as integer) as school_days_since_marks,
        cast(count(*) filter (
            where days.school_day <= schools.as_of
            and days.school_day > coalesce(schools.newest_pupils_date, date '1900-01-01')
        ) as integer) as school_days_since_pupils
    from schools
    left join {{ ref("dim_school_day") }} as days on schools.school_urn = days.school_urn
    group by schools.school_urn
),

judged as (
    select
        schools.*,
        counted.calendar_ends,
        counted.school_days_since_marks,
        counted.school_days_since_pupils,
        counted.school_days_since_marks > schools.overdue_school_days as is_marks_overdue,
        counted.school_days_since_pupils > schools.pupils_extract_school_days as is_pupils_overdue
    from schools
    inner join counted on schools.school_urn = counted.school_urn
)

select
    *,
    case
        when calendar_ends is null then 'no_calendar'
        when newest_marks_date is null and is_marks_overdue then 'no_marks'
        when is_marks_overdue then 'marks_overdue'
        when is_pupils_overdue then 'pupils_overdue'
        when calendar_ends < as_of then 'calendar_over'
        else 'fresh'
    end as freshness
from judged
