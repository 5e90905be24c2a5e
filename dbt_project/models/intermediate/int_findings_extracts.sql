-- Grain: one row per school and finding about its extracts: refused as a whole, held, or noticed while reading.
with dated as (
    select
        extracts.*,
        cast(extracts.exported_at as date) as exported_on
    from {{ ref("fct_extracts") }} as extracts
)

select
    school_urn,
    'file_refused' as finding,
    'error' as severity,
    min(exported_on) as first_date,
    max(exported_on) as last_date,
    count(*) as rows
from dated
where problem is not null
group by school_urn
union all
select
    school_urn,
    'extract_held',
    'error',
    min(exported_on),
    max(exported_on),
    sum(held)
from dated
where review_status = 'awaiting'
group by school_urn
union all
select
    stg.school_urn,
    'characteristic_not_readable',
    'warn',
    min(cast(stg.exported_at as date)),
    max(cast(stg.exported_at as date)),
    sum(stg.unread_values)
from {{ ref("stg_extracts") }} as stg
where stg.unread_values > 0
group by stg.school_urn
union all
select
    stg.school_urn,
    'upn_check_letter_wrong',
    'warn',
    min(cast(stg.exported_at as date)),
    max(cast(stg.exported_at as date)),
    sum(stg.unfit_upns)
from {{ ref("stg_extracts") }} as stg
where stg.unfit_upns > 0
group by stg.school_urn
