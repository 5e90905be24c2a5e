-- A few ten thousand pairs stand for millions of pupils' weeks: each pair is judged once.
with pairs as (
    select
        academic_year,
        possible_sessions,
        absent_sessions
    from {{ ref("int_year_to_date") }}
    union
    select
        academic_year,
        possible_sessions,
        absent_sessions
    from {{ ref("int_half_term_steps") }}
),

years as (
    select
        pairs_of_year.academic_year,
        {{ rule_value("persistent_absence_percent", "pairs_of_year.academic_year", kind="academic_year") }}
            as persistent_absence_percent
    from (select distinct academic_year from pairs) as pairs_of_year
)

select
    pair.academic_year,
    pair.possible_sessions,
    pair.absent_sessions,
    band.absence_band,
    band.band_order,
    better.absence_band as next_better_band,
    {{ at_least_percent("pair.absent_sessions", "pair.possible_sessions", "year.persistent_absence_percent") }}
        as is_persistently_absent,
    case
        when better.absence_band is not null
            then {{ sessions_to_get_below("pair.absent_sessions", "pair.possible_sessions", "band.low_percent") }}
    end as sessions_to_next_band
from pairs as pair
inner join years as year on pair.academic_year = year.academic_year
left join {{ ref("absence_bands") }} as band
    on
        {{ at_least_percent("pair.absent_sessions", "pair.possible_sessions", "band.low_percent") }}
        and (
            band.high_percent is null
            or not {{ at_least_percent("pair.absent_sessions", "pair.possible_sessions", "band.high_percent") }}
        )
left join {{ ref("absence_bands") }} as better on band.band_order = better.band_order + 1
where pair.possible_sessions > 0
