-- Grain: one row per pupil known to the trust. pupil_id is a short name of the pupil, the same in every build.
select distinct
    pupil_key,
    {{ short_name(["pupil_key"]) }} as pupil_id
from {{ ref("int_pupil_rows") }}
