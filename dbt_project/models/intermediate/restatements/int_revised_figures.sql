-- The first release after the period's end is what reports were made from.
with first_published as (
    select
        school_urn,
        period_type,
        period_key,
        min(release_id) as published_in
    from {{ ref("fct_published_figures") }}
    where
        population = 'all'
        and cohort_dimension = 'all'
        and period_type in {{ longer_period_types() }}
        and is_period_over
        and is_published
    group by school_urn, period_type, period_key
)

select
    revised.*,
    cause.cause_order,
    cause.short_name as cause_label,
    measure.display_name as measure_label,
    measure.measure_order,
    measure.denominator_column = 'possible_sessions' as is_about_sessions
from {{ ref("fct_restatements") }} as revised
inner join first_published
    on {{ same("revised", "first_published", ["school_urn", "period_type", "period_key", "published_in"]) }}
left join {{ ref("restatement_causes") }} as cause on revised.cause = cause.cause
inner join {{ ref("measures") }} as measure on revised.measure = measure.measure
where revised.population = 'all' and revised.cohort_dimension = 'all'
