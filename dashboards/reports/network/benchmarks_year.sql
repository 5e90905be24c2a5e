select benchmark.*
from rollcall.rpt_benchmarks as benchmark
inner join rollcall.rpt_periods as this on this.period_key = $period and benchmark.period_key = this.academic_year
where benchmark.place_type = 'phase' and benchmark.comparator_type = 'national' and benchmark.series = 'daily'
order by benchmark.place_order, benchmark.measure_order
