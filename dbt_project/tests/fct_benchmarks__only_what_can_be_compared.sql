-- What: a row has a comparator's figure exactly when its status says so; a published figure stands beside a finished
--   year or term only, and names its series and source.
-- When it matters: a figure over another window looks like a gap and is none.
-- How to mend: the status is set in int_published_comparisons; the window comes from int_school_periods.
select
    school_urn,
    period_type,
    period_key,
    measure,
    comparator_type,
    series,
    comparison_status
from {{ ref("fct_benchmarks") }}
where
    (comparison_status = 'compared' and (gap_percentage_points is null or source is null))
    or (
        comparison_status not in ('compared', 'only_school_of_phase', 'no_school_figure')
        and comparator_percent is not null
    )
    or (comparator_type <> 'trust' and (series is null or period_type not in ('year', 'term')))
    or (comparator_type = 'trust' and series is not null)
