-- Grain: one row per refused row of a marks extract, with what was read of it, for the fix list.
select
    extract_id,
    row_id,
    pupil_key,
    session_date,
    session,
    code
from {{ ref("int_mark_places") }}
where reason is not null
