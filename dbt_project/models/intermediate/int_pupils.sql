-- Grain: one row per pupil known to the trust. pupil_id is a short name of the pupil within one build.
select
    pupil_key,
    cast(row_number() over (order by pupil_key) as integer) as pupil_id
from {{ ref("int_pupil_rows") }}
group by pupil_key
