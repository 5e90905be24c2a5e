-- The quotient of two whole numbers below 67 million is the same double exactly when the fractions are equal, so
-- ordering by it is ordering by cross multiplication. A year group without a possible session, or of no known name, has
-- no rank.
with figures as (
    select
        cohort.school_urn,
        cohort.academic_year,
        cohort.period_type,
        cohort.period_key,
        cohort.population,
        cohort.cohort as year_group,
        years.year_group_order,
        cohort.pupils,
        cohort.attended_sessions,
        cohort.possible_sessions,
        case
            when years.year_group is null then 'unknown_year_group'
            when cohort.possible_sessions = 0 then 'no_possible_sessions'
            else 'ranked'
        end as status
    from {{ ref("fct_cohorts") }} as cohort
    left join {{ ref("year_groups") }} as years on cohort.cohort = years.year_group
    where cohort.cohort_dimension = 'year_group'
),

ranked as (
    select
        *,
        {{ percent("attended_sessions", "possible_sessions") }} as attendance_percent,
        rank() over (
            peers order by cast(attended_sessions as double) / nullif(possible_sessions, 0)
        ) as attendance_rank,
        row_number() over (
            peers order by cast(attended_sessions as double) / nullif(possible_sessions, 0), year_group_order
        ) as list_order,
        count(*) over peers as ranked_year_groups
    from figures
    window peers as (partition by school_urn, period_type, period_key, population, status)
)

select
    * replace (
        case when status = 'ranked' then cast(attendance_rank as integer) end as attendance_rank,
        case when status = 'ranked' then cast(list_order as integer) end as list_order,
        case when status = 'ranked' then cast(ranked_year_groups as integer) end as ranked_year_groups
    )
from ranked
