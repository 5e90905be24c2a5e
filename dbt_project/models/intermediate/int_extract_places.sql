-- Grain: one row per extract and school, with how many of its rows ended where. Every row is in one place.
with marks as (
    select
        extract_no,
        outcome,
        min(session_date) as first_date,
        max(session_date) as last_date,
        count(*) as rows
    from {{ ref("int_mark_places") }}
    group by extract_no, outcome
),

placed as (
    select
        extracts.extract_id,
        extracts.slug,
        marks.first_date,
        marks.last_date,
        marks.outcome,
        marks.rows
    from marks
    left join {{ ref("stg_extracts") }} as extracts on marks.extract_no = extracts.extract_no
    union all
    select
        pupils.extract_id,
        pupils.slug,
        null,
        null,
        case
            when pupils.row_reason is not null or pupils.duplicate = 'conflicting' then 'quarantined'
            when pupils.duplicate = 'identical' then 'identical_duplicate'
            else 'applied'
        end,
        1
    from {{ ref("stg_pupils") }} as pupils
    union all
    select
        calendar.extract_id,
        calendar.slug,
        calendar.calendar_date as first_date,
        calendar.calendar_date as last_date,
        case
            when calendar.row_reason is not null or calendar.duplicate = 'conflicting' then 'quarantined'
            when calendar.duplicate = 'identical' then 'identical_duplicate'
            when days.row_id is not null then 'applied'
            when ends.school_urn is not null then 'applied'
            else 'superseded'
        end,
        1
    from {{ ref("stg_calendar") }} as calendar
    left join {{ ref("stg_schools") }} as schools on calendar.slug = schools.slug
    left join {{ ref("int_calendar_days") }} as days
        on calendar.extract_id = days.extract_id and calendar.row_id = days.row_id
    left join (
        select
            school_urn,
            half_term,
            start_date as calendar_date
        from {{ ref("int_half_terms") }}
        union
        select
            school_urn,
            half_term,
            end_date
        from {{ ref("int_half_terms") }}
    ) as ends
        on
            schools.school_urn = ends.school_urn
            and calendar.half_term = ends.half_term
            and calendar.calendar_date = ends.calendar_date
    union all
    select
        year6.extract_id,
        year6.slug,
        null,
        null,
        case
            when year6.row_reason is not null or year6.duplicate = 'conflicting' then 'quarantined'
            when year6.duplicate = 'identical' then 'identical_duplicate'
            when newest.is_newest then 'applied'
            else 'superseded'
        end,
        1
    from {{ ref("stg_year6") }} as year6
    left join {{ ref("int_year6_rows") }} as newest
        on year6.extract_id = newest.extract_id and year6.row_id = newest.row_id
    union all
    select
        amendments.extract_id,
        amendments.slug,
        amendments.session_date as first_date,
        amendments.session_date as last_date,
        amendments.outcome,
        1
    from {{ ref("int_amendment_rows") }} as amendments
    union all
    select
        refused.extract_id,
        refused.slug,
        null,
        null,
        'quarantined',
        1
    from {{ ref("stg_refused") }} as refused
    union all
    select
        benchmarks.extract_id,
        benchmarks.slug,
        null,
        null,
        case
            when bool_or(benchmarks.row_reason is not null or benchmarks.duplicate = 'conflicting') then 'quarantined'
            when bool_or(benchmarks.duplicate = 'identical') then 'identical_duplicate'
            when bool_or(in_force.extract_id is not null) then 'applied'
            -- A newer publication speaks, or nothing in the row is of use.
            else 'superseded'
        end,
        1
    from {{ ref("stg_benchmarks") }} as benchmarks
    left join {{ ref("int_benchmarks_in_force") }} as in_force
        on
            benchmarks.extract_id = in_force.extract_id
            and benchmarks.row_id = in_force.row_id
            and benchmarks.figure = in_force.figure
    group by benchmarks.extract_id, benchmarks.slug, benchmarks.row_id
)

select
    extract_id,
    slug,
    min(first_date) filter (where outcome != 'quarantined') as first_date,
    max(last_date) filter (where outcome != 'quarantined') as last_date,
    sum(rows) as rows,
    coalesce(sum(rows) filter (where outcome = 'applied'), 0) as applied,
    coalesce(sum(rows) filter (where outcome = 'superseded'), 0) as superseded,
    coalesce(sum(rows) filter (where outcome = 'identical_duplicate'), 0) as identical_duplicate,
    coalesce(sum(rows) filter (where outcome = 'no_mark'), 0) as no_mark,
    coalesce(sum(rows) filter (where outcome = 'quarantined'), 0) as quarantined,
    coalesce(sum(rows) filter (where outcome = 'held'), 0) as held
from placed
group by extract_id, slug
