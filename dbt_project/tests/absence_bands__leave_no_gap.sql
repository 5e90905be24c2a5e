-- What: the bands cover all absence from 0 % up, each beginning where the one before ends.
-- When it matters: an enrolment between two bands would have none, one in two bands would count twice.
-- How to mend: correct the edges in the seed absence_bands.
with ordered as (
    select
        absence_band,
        low_percent,
        high_percent,
        lag(high_percent, 1, 0) over (order by band_order) as previous_high,
        row_number() over (order by band_order desc) as from_the_end
    from {{ ref("absence_bands") }}
)

select absence_band
from ordered
where low_percent <> previous_high or (high_percent is null) <> (from_the_end = 1)
