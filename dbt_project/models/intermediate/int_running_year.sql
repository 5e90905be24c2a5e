-- Apart from rpt_release, whose newest marks move with every extract: what hangs on the year alone stays as it is.
select max(academic_year) as academic_year
from {{ ref("rpt_periods") }}
where is_default
