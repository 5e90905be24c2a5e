-- A row of an extract that no longer speaks for any date is settled; of one that still does, each date by itself. A
-- file without a usable row is settled by any newer one of its kind that has some, its readable dates by one that
-- covers them.
with refused as (
    select
        rows.extract_id,
        rows.slug,
        rows.kind,
        rows.row_id,
        rows.source_row,
        rows.reason,
        rows.session_date,
        extracts.extract_no,
        extracts.school_urn,
        extracts.export_order,
        coalesce(extracts.decision = 'refused', false) as is_withdrawn
    from {{ ref("int_refused_rows") }} as rows
    left join {{ ref("stg_extracts") }} as extracts
        on rows.extract_id = extracts.extract_id and rows.slug is not distinct from extracts.slug
),

usable as (
    select
        days.extract_no,
        days.school_urn,
        days.export_order,
        min(days.session_date) as first_date,
        max(days.session_date) as last_date,
        bool_or(review.is_held) is true as is_held,
        bool_or(review.review_status = 'awaiting') is true as is_awaiting
    from {{ ref("int_extract_days") }} as days
    left join {{ ref("int_extract_holds") }} as review
        on days.extract_no = review.extract_no and review.session_date is null
    group by days.extract_no, days.school_urn, days.export_order
),

speaking as (
    select distinct extract_no
    from {{ ref("int_extract_holds") }}
    where session_date is not null
),

dates as (
    select distinct
        refused.extract_no,
        refused.school_urn,
        refused.export_order,
        refused.session_date,
        speaking.extract_no is null
        and coalesce(not usable.is_awaiting, refused.session_date is null) as is_exhausted
    from refused
    left join usable on refused.extract_no = usable.extract_no
    left join speaking on refused.extract_no = speaking.extract_no
    where refused.kind = 'marks'
),

settled_dates as (
    select distinct
        dates.extract_no,
        dates.session_date
    from dates
    inner join usable as newer
        on
            dates.school_urn = newer.school_urn
            and dates.export_order < newer.export_order
            and not newer.is_held
            and (dates.is_exhausted or dates.session_date between newer.first_date and newer.last_date)
),

newest_usable as (
    select
        slug,
        kind,
        max(export_order) as export_order
    from {{ ref("stg_extracts") }}
    where problem is null and rows > refused_rows
    group by slug, kind
)

select
    refused.extract_id,
    refused.slug,
    refused.kind,
    refused.row_id,
    refused.source_row,
    refused.reason,
    refused.is_withdrawn
    or settled_dates.extract_no is not null
    or (refused.kind != 'marks' and coalesce(newest_usable.export_order > refused.export_order, false)) as is_settled
from refused
left join settled_dates
    on
        if(refused.kind = 'marks', refused.extract_no, null) = settled_dates.extract_no
        and refused.session_date is not distinct from settled_dates.session_date
left join newest_usable
    on refused.slug is not distinct from newest_usable.slug and refused.kind = newest_usable.kind
