select *, academic_year || ' ' || term as term_key
from rollcall.rpt_periods
where period_key = $period
