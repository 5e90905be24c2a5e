-- The variance between schools by moments (DerSimonian and Laird, 1986): how far the other schools lie from their
-- common rate beyond what chance explains. Never less than the rule's share of the rate counts, because of a handful of
-- schools some always happen to agree.
with own as (
    select
        sums.*,
        cast(sums.sessions as double) / nullif(sums.possible_sessions, 0) as own_rate,
        coalesce(days.squared_sessions, 0) as day_squares,
        coalesce(days.sessions_times_possible, 0) as day_products,
        any_value(days.squared_possible_sessions) over (
            partition by sums.school_urn, sums.period_type, sums.period_key, sums.population
        ) as day_squared_possible
    from {{ ref("int_code_sums") }} as sums
    left join {{ ref("int_code_day_sums") }} as days
        on
            sums.school_urn = days.school_urn
            and sums.period_type = days.period_type
            and sums.period_key = days.period_key
            and sums.population = days.population
            and sums.code = days.code
),

scattered as (
    -- Sums of (sessions - rate x possible sessions) squared, over enrolments and over the days of year groups, written
    -- out. Clustered both ways, the variance is the sum of both less that of single sessions, of which there are as
    -- many as sessions (Cameron, Gelbach and Miller, 2011).
    select
        *,
        coalesce(
            squared_sessions - 2 * own_rate * sessions_times_possible + pow(own_rate, 2) * squared_possible_sessions, 0
        ) + coalesce(
            day_squares - 2 * own_rate * day_products + pow(own_rate, 2) * day_squared_possible, 0
        ) - sessions as scatter,
        coalesce(sessions * own_rate, 0) as weighted_square,
        cast(possible_sessions as double) * possible_sessions as squared_size
    from own
),

others as (
    select
        * exclude (own_rate),
        greatest(sum(scatter) over in_order / nullif(sum(sessions) over same_code, 0), 1) as dispersion,
        count(*) filter (where possible_sessions > 0) over same_code
        - if(possible_sessions > 0, 1, 0) as other_schools,
        sum(sessions) over same_code - sessions as other_sessions,
        sum(possible_sessions) over same_code - possible_sessions as other_possible_sessions,
        sum(weighted_square) over in_order - weighted_square as other_weighted_square,
        (sum(squared_size) over in_order - squared_size)
        / nullif(sum(possible_sessions) over same_code - possible_sessions, 0) as other_mean_size
    from scattered
    -- Floating point sums are added up in one order: in another they differ in their last digit.
    window
        same_code as (partition by phase, period_type, period_key, population, code),
        in_order as (
            partition by phase, period_type, period_key, population, code
            order by school_urn
            rows between unbounded preceding and unbounded following
        )
),

rated as (
    -- A code that no other school used is set against half an event among them.
    select
        *,
        greatest(other_sessions, dispersion / 2) / nullif(other_possible_sessions, 0) as rate
    from others
),

varied as (
    select
        *,
        case
            when other_schools > 1
                then (
                    other_weighted_square - cast(other_sessions as double) * other_sessions / other_possible_sessions
                    - (other_schools - 1) * dispersion * rate
                ) / (other_possible_sessions - other_mean_size)
            else 0
        end as variance_of_others
    from rated
)

select
    school_urn,
    academic_year,
    period_type,
    period_key,
    population,
    code,
    sessions,
    possible_sessions,
    cast(other_schools as integer) as other_schools,
    cast(other_sessions as bigint) as other_sessions,
    cast(other_possible_sessions as bigint) as other_possible_sessions,
    rate,
    dispersion,
    greatest(variance_of_others, pow(code_monitoring_between_schools_percent / 100 * rate, 2))
    * (1 + other_mean_size / other_possible_sessions) as between_variance,
    code_monitoring_inner_limit_percent as inner_percent,
    code_monitoring_outer_limit_percent as outer_percent,
    greatest(sessions, possible_sessions * rate) >= code_monitoring_minimum_sessions as is_enough
from varied
