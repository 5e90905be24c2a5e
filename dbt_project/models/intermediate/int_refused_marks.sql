-- Grain: one row per refused row of a marks extract, with what was read of it, for the fix list.
select
    marks.extract_id,
    marks.row_id,
    marks.pupil_key,
    marks.session_date,
    marks.session,
    marks.code
from {{ ref("stg_marks") }} as marks
inner join {{ ref("int_refused_rows") }} as refused
    on
        marks.extract_id = refused.extract_id
        and marks.row_id = refused.row_id
        and refused.kind = 'marks'
