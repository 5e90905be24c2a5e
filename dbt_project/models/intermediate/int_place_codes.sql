-- Each code's sessions and pupils at a place: every year group of a school, and the place as a whole.
with usage as (
    select
        codes.*,
        pupils.pupils,
        level.is_whole_place,
        case when level.is_whole_place then 'all' else codes.year_group end as shown_year_group
    from {{ ref("fct_code_usage") }} as codes
    left join {{ ref("int_code_pupils") }} as pupils
        on
            codes.school_urn = pupils.school_urn
            and codes.year_group = pupils.year_group
            and codes.period_type = pupils.period_type
            and codes.period_key = pupils.period_key
            and codes.code = pupils.code
    cross join (values (true), (false)) as level (is_whole_place)
    where codes.period_type in {{ longer_period_types() }}
),

used as (
    select
        {{ place_columns("place") }},
        usage.academic_year,
        usage.period_type,
        usage.period_key,
        usage.shown_year_group as year_group,
        usage.code,
        cast(sum(usage.sessions) as bigint) as sessions,
        cast(sum(usage.pupils) as bigint) as pupils
    from usage
    inner join {{ ref("int_place_schools") }} as place on usage.school_urn = place.school_urn
    where place.place_type = 'school' or (place.place_type = 'phase' and usage.is_whole_place)
    group by all
),

possible as (
    select
        place.place_type,
        place.place_key,
        cohort.period_type,
        cohort.period_key,
        cohort.cohort as year_group,
        cast(sum(cohort.possible_sessions) as bigint) as possible_sessions
    from {{ ref("fct_cohorts") }} as cohort
    inner join {{ ref("int_place_schools") }} as place on cohort.school_urn = place.school_urn
    where cohort.population = 'all' and cohort.cohort_dimension in ('all', 'year_group')
    group by all
)

select
    used.*,
    possible.possible_sessions,
    {{ percent("used.sessions", "possible.possible_sessions") }} as percent_of_possible
from used
left join possible
    on
        used.place_type = possible.place_type
        and used.place_key = possible.place_key
        and used.period_type = possible.period_type
        and used.period_key = possible.period_key
        and used.year_group = possible.year_group
