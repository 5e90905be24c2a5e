{%- set figures = [
    "school_urn", "academic_year", "period_type", "period_key", "population", "cohort_dimension", "cohort", "measure",
    "numerator", "denominator", "school_percent",
] -%}
{%- set published = figures + [
    "comparator_type", "comparator", "series", "source", "published_percent", "comparison_status",
] -%}
with pooled as (
    -- The trust's schools of the same phase, the school among them: sums first, one division.
    select
        figure.*,
        sum(figure.numerator) over same_phase as comparator_numerator,
        sum(figure.denominator) over same_phase as comparator_denominator,
        count(*) over same_phase as schools,
        trust.trust_name
    from {{ ref("int_school_figures") }} as figure
    inner join {{ ref("dim_school") }} as school on figure.school_urn = school.school_urn
    cross join {{ ref("stg_trust") }} as trust
    window same_phase as (
        partition by
            school.phase, figure.period_type, figure.period_key, figure.population, figure.cohort_dimension,
            figure.cohort, figure.measure
    )
),

compared as (
    select
        {{ figures | join(", ") }},
        'trust' as comparator_type,
        trust_name as comparator,
        {{ percent("comparator_numerator", "comparator_denominator") }} as comparator_percent,
        cast(comparator_numerator as bigint) as comparator_numerator,
        cast(comparator_denominator as bigint) as comparator_denominator,
        null as series,
        'Registers of ' || trust_name as source,
        case
            when school_percent is null then 'no_school_figure'
            when schools = 1 then 'only_school_of_phase'
            else 'compared'
        end as comparison_status
    from pooled
    union all
    select
        {{ figures | join(", ") }},
        comparator_type,
        comparator,
        case
            when comparison_status in ('compared', 'no_school_figure') then published_percent
        end as comparator_percent,
        null as comparator_numerator,
        null as comparator_denominator,
        series,
        source,
        comparison_status
    from (
        select {{ published | join(", ") }}
        from {{ ref("int_published_comparisons") }}
        union all
        select {{ published | join(", ") }}
        from {{ ref("int_similar_comparisons") }}
    ) as found
)

select
    compared.*,
    compared.school_percent - compared.comparator_percent as gap_percentage_points,
    -- DfE's figures are about ages 5 to 15.
    compared.comparator_type = 'trust' or compared.population = 'compulsory_school_age' as is_same_population,
    defined.definition,
    defined.definition_percent,
    defined.definition_percent - compared.comparator_percent as definition_gap_percentage_points
from compared
left join {{ ref("int_definition_figures") }} as defined
    on
        -- of whole schools only, said in a key: a condition of one side alone would keep DuckDB from hashing
        case
            when compared.population = 'compulsory_school_age' and compared.cohort_dimension = 'all'
                then compared.school_urn
        end = defined.school_urn
        and compared.period_type = defined.period_type
        and compared.period_key = defined.period_key
        and compared.series = defined.series
        and compared.measure = defined.measure
