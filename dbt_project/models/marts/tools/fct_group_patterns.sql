with findings as (
    select * from {{ ref("int_patterns_codes") }}
    union all by name
    select * from {{ ref("int_patterns_days") }}
    union all by name
    select * from {{ ref("int_patterns_trend") }}
    union all by name
    -- what families and staff know and registers do not
    select
        pupils_of_group.school_urn,
        pupils_of_group.academic_year,
        pupils_of_group.period_type,
        pupils_of_group.period_key,
        pupils_of_group.population,
        pupils_of_group.cohort_dimension,
        pupils_of_group.cohort,
        'barrier' as finding,
        barrier.barrier as item,
        pupils_of_group.pupils,
        'not_recorded' as status
    from {{ ref("int_pattern_groups") }} as pupils_of_group
    cross join {{ ref("barriers") }} as barrier
    where not barrier.is_recorded
),

bounded as (
    select
        *,
        case when status = 'assessed' then difference_percentage_points - half_width end as difference_low,
        case when status = 'assessed' then difference_percentage_points + half_width end as difference_high
    from findings
)

select
    school_urn,
    academic_year,
    period_type,
    period_key,
    population,
    cohort_dimension,
    cohort,
    finding,
    item,
    cast(pupils as integer) as pupils,
    {%- for column in ["sessions", "possible_sessions", "compared_sessions", "compared_possible_sessions"] %}
    cast({{ column }} as integer) as {{ column }},
    {%- endfor %}
    {{ percent("sessions", "possible_sessions") }} as percent_of_possible,
    {{ percent("compared_sessions", "compared_possible_sessions") }} as compared_percent,
    points,
    difference_percentage_points,
    difference_low,
    difference_high,
    status,
    case
        when difference_low > 0 then 'higher'
        when difference_high < 0 then 'lower'
        when difference_low is not null then 'not_told_apart'
    end as direction
from bounded
