-- A phase is set against a place only if all its schools are in it, and never against what is one school's comparator.
select
    place.place_type,
    place.place_key,
    found.period_type,
    found.period_key,
    found.academic_year,
    period.term,
    found.measure,
    found.comparator_type,
    found.series,
    min(found.comparator) as comparator,
    max(found.comparator_percent) as comparator_percent,
    max(found.source) as source,
    max_by(found.comparison_status, (found.comparison_status = 'compared', found.comparison_status))
        as comparison_status
from {{ ref("fct_benchmarks") }} as found
inner join {{ ref("int_place_schools") }} as place on found.school_urn = place.school_urn
inner join {{ ref("rpt_periods") }} as period
    on found.period_type = period.period_type and found.period_key = period.period_key
where
    found.population = 'compulsory_school_age'
    and found.cohort_dimension = 'all'
    and found.period_type in {{ longer_period_types() }}
    and (
        place.place_type = 'school'
        or (place.place_type = 'phase' and found.comparator_type not in ('trust', 'similar_schools'))
    )
group by all
having count(distinct found.comparator) = 1
