-- Apart from rpt_release, whose newest marks move with every extract: what hangs on the year alone stays as it is. The
-- column is not called academic_year, by which the slices of a table are chosen: every slice needs this row.
select max(academic_year) as running_year
from {{ ref("rpt_periods") }}
where is_default
