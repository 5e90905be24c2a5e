{%- set measures = session_measures() -%}
with sums as (
    select
        {{ place_columns("place") }},
        cohort.academic_year,
        cohort.period_type,
        cohort.period_key,
        cohort.cohort_dimension,
        {%- for column in cohort_sums() %}
        cast(sum(cohort.{{ column }}) as bigint) as {{ column }},
        {%- endfor %}
        cohort.cohort
    from {{ ref("fct_cohorts") }} as cohort
    inner join {{ ref("int_place_schools") }} as place
        on cohort.school_urn = place.school_urn and place.place_type in ('school', 'phase')
    inner join {{ ref("cohort_dimensions") }} as dimension on cohort.cohort_dimension = dimension.cohort_dimension
    where
        cohort.population = 'all'
        and cohort.cohort_dimension != 'all'
        and cohort.period_type in {{ longer_period_types() }}
        -- One school's form has no counterpart in another.
        and (place.place_type = 'school' or dimension.is_compared_across_schools)
    group by all
),

percents as (
    select
        *,
        {%- for measure, (numerator, denominator) in measures.items() %}
        {{ percent(numerator, denominator) }} as {{ measure }}_percent,
        {{ percent(everyone_else(numerator), everyone_else(denominator)) }} as peers_{{ measure }}_percent,
        {%- endfor %}
        {{ percent("absent_sessions", "sum(absent_sessions) over peers") }} as share_of_absence_percent,
        {{ percent("pupils", "sum(pupils) over peers") }} as share_of_pupils_percent,
        cast({{ everyone_else("pupils") }} as bigint) as peers_pupils
    from sums
    window peers as (partition by place_type, place_key, period_type, period_key, cohort_dimension)
)

select
    cohort.*,
    {%- for measure in measures %}
    cohort.{{ measure }}_percent - cohort.peers_{{ measure }}_percent as {{ measure }}_gap,
    {%- endfor %}
    dimension.display_name as dimension_label,
    cast(dimension.dimension_order as integer) as dimension_order,
    dimension.peer_description as gap_basis,
    coalesce(names.display_name, years.display_name, if(cohort.cohort = 'unknown', 'Not known', cohort.cohort))
        as cohort_label,
    cast(coalesce(names.cohort_order, years.year_group_order, if(cohort.cohort = 'unknown', 999, 100)) as integer)
        as cohort_order,
    coalesce(
        names.is_rest,
        cohort.cohort = 'unknown' and cohort.cohort_dimension in (
            select about.cohort_dimension
            from {{ ref("cohort_names") }} as about
            where about.is_rest
        )
    ) as is_rest,
    period.period_order,
    false as is_suppressed,
    false as persistent_is_suppressed,
    false as severe_is_suppressed
from percents as cohort
inner join {{ ref("cohort_dimensions") }} as dimension on cohort.cohort_dimension = dimension.cohort_dimension
inner join {{ ref("rpt_periods") }} as period
    on cohort.period_type = period.period_type and cohort.period_key = period.period_key
left join {{ ref("cohort_names") }} as names
    on cohort.cohort_dimension = names.cohort_dimension and cohort.cohort = names.cohort
left join {{ ref("year_groups") }} as years
    on cohort.cohort_dimension = 'year_group' and cohort.cohort = years.year_group
