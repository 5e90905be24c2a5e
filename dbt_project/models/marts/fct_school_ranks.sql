-- Whole numbers divided once give equal quotients for equal fractions, so ties are exact; their order is that of slugs.
with figures as (
    select
        figure.school_urn,
        school.slug,
        school.phase,
        figure.academic_year,
        figure.period_type,
        figure.period_key,
        figure.population,
        figure.measure,
        figure.numerator,
        figure.denominator,
        figure.school_percent,
        if(measure.is_better_when_lower, 1, -1) * cast(figure.numerator as double) / figure.denominator as standing
    from {{ ref("int_school_figures") }} as figure
    inner join {{ ref("dim_school") }} as school on figure.school_urn = school.school_urn
    inner join {{ ref("measures") }} as measure on figure.measure = measure.measure
    where figure.cohort_dimension = 'all' and figure.denominator > 0
)

select
    school_urn,
    academic_year,
    period_type,
    period_key,
    population,
    measure,
    phase,
    numerator,
    denominator,
    school_percent,
    cast(rank() over (peers order by standing) as integer) as school_rank,
    cast(row_number() over (peers order by standing, slug) as integer) as school_position,
    cast(count(*) over peers as integer) as schools_of_phase,
    -- Schools that do worse, and half of those that do the same, the school among them.
    {{ percent(
        "2 * count(*) over peers - 2 * count(*) over (peers order by standing) + count(*) over same_standing",
        "2 * count(*) over peers"
    ) }} as percentile
from figures
window
    peers as (partition by phase, period_type, period_key, population, measure),
    same_standing as (partition by phase, period_type, period_key, population, measure, standing)
