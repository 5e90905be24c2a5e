select distinct series as value, series_label as label
from rpt_benchmarks
where series is not null
order by series desc
