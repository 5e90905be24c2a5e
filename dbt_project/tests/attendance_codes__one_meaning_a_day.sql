-- What: no code has two meanings on one day, and each counts consistently: possible is attended or absent, absent is
--   authorised or unauthorised.
-- When it matters: two meanings double every mark of that day.
-- How to mend: close the older row of the code in the seed attendance_codes with valid_to.
with dated as (
    select
        *,
        lead(valid_from) over (partition by code order by valid_from) as next_from
    from {{ ref("attendance_codes") }}
)

select
    code,
    valid_from
from dated
where
    next_from <= coalesce(valid_to, date '9999-12-31')
    or cast(is_possible as integer) <> cast(is_attended as integer) + cast(is_absent as integer)
    or cast(is_absent as integer) <> cast(is_authorised_absence as integer) + cast(is_unauthorised_absence as integer)
