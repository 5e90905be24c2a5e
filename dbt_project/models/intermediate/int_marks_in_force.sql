{{ config(materialized="view") }}
-- Grain: one row per pupil, school and session for which the extract in force has a mark, or only a refused one.
-- A refused row of the extract in force is not replaced by an older extract's.
select
    pupil_id,
    school_urn,
    academic_year,
    session_date,
    session,
    code,
    minutes_late,
    extract_no,
    source_row,
    cast('recorded' as varchar) as mark_status
from {{ ref("int_mark_places") }}
where outcome = 'applied'
union all
select
    refused.pupil_id,
    refused.school_urn,
    refused.academic_year,
    refused.session_date,
    refused.session,
    null,
    null,
    min(refused.extract_no),
    min(refused.source_row),
    'quarantined'
from {{ ref("int_mark_places") }} as refused
where
    refused.outcome = 'quarantined'
    and refused.speaks_for_date
    and refused.is_expected
    and not exists (
        select 1
        from {{ ref("int_mark_places") }} as applied
        where
            applied.outcome = 'applied'
            and applied.pupil_id = refused.pupil_id
            and applied.school_urn = refused.school_urn
            and applied.session_date = refused.session_date
            and applied.session = refused.session
    )
group by refused.pupil_id, refused.school_urn, refused.academic_year, refused.session_date, refused.session
