-- Grain: one row per refused row of a marks or amendments extract, with what was read of it, for the fix list (of an
-- amendment, the mark that it amends to).
select
    marks.slug,
    marks.extract_id,
    marks.row_id,
    marks.pupil_key,
    marks.session_date,
    marks.session,
    marks.code
from {{ ref("stg_marks") }} as marks
inner join {{ ref("int_refused_rows") }} as refused
    on
        marks.slug is not distinct from refused.slug
        and marks.extract_id = refused.extract_id
        and marks.row_id = refused.row_id
        and refused.kind = 'marks'
union all
select
    amendments.slug,
    amendments.extract_id,
    amendments.row_id,
    amendments.pupil_key,
    amendments.session_date,
    amendments.session,
    amendments.amended_code
from {{ ref("int_amendment_rows") }} as amendments
where amendments.reason is not null
