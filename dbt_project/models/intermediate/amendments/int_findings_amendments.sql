-- Grain: one row per school and finding about amendments: written ones that the register does not bear out, and
-- changes that nobody wrote down at a school that otherwise does. Changes of days before the first written one, or seen
-- after the last extract of amendments, may have been written where no extract reaches.
with books as (
    select
        documents.school_urn,
        min(documents.session_date) as first_date,
        max(extracts.exported_at) as last_export
    from {{ ref("fct_documented_amendments") }} as documents
    inner join {{ ref("stg_extracts") }} as extracts
        on documents.extract_id = extracts.extract_id and documents.school_urn = extracts.school_urn
    group by documents.school_urn
)

select
    school_urn,
    'amendment_not_in_force' as finding,
    'warn' as severity,
    min(session_date) as first_date,
    max(session_date) as last_date,
    count(*) as rows
from {{ ref("fct_documented_amendments") }}
where is_latest and not is_in_force
group by school_urn
union all
select
    school_urn,
    'amendment_of_another_mark',
    'warn',
    min(session_date),
    max(session_date),
    count(*)
from {{ ref("fct_documented_amendments") }}
where not does_original_agree and (is_in_force or not is_latest)
group by school_urn
union all
select
    changes.school_urn,
    'change_not_documented',
    'warn',
    min(changes.session_date),
    max(changes.session_date),
    count(*)
from {{ ref("fct_amendments") }} as changes
inner join books on changes.school_urn = books.school_urn
where
    changes.needs_document
    and not changes.is_documented
    and changes.session_date >= books.first_date
    and changes.seen_at <= books.last_export
group by changes.school_urn
