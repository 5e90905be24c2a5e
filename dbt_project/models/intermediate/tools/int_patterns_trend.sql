-- Least squares through the absence of a group's last half terms up to the end of the period, each weighted by its
-- possible sessions. A half term is one step; holidays and the change of year are not stretched.
with thresholds as (
    select
        years.academic_year,
        {{ rule_values(["trend_half_terms", "trend_half_terms_min"], "years.academic_year", kind="academic_year") }}
    from (select distinct academic_year from {{ ref("int_pattern_groups") }}) as years
),

points as (
    select
        pupils_of_group.*,
        threshold.trend_half_terms_min,
        cast(point.possible_sessions as double) as w,
        moment.half_term_number - pupils_of_group.half_term_number as x,
        100 * cast(point.absent_sessions as double) / point.possible_sessions as y,
        point.absent_sessions as point_absent,
        point.possible_sessions as point_possible
    from {{ ref("int_pattern_groups") }} as pupils_of_group
    inner join thresholds as threshold on pupils_of_group.academic_year = threshold.academic_year
    inner join {{ ref("int_pattern_periods") }} as moment
        on
            pupils_of_group.school_urn = moment.school_urn
            and pupils_of_group.half_term_number >= moment.half_term_number
            and pupils_of_group.half_term_number < moment.half_term_number + threshold.trend_half_terms
            and moment.period_type = 'half_term'
    inner join {{ ref("fct_cohorts") }} as point
        on
            pupils_of_group.school_urn = point.school_urn
            and moment.period_type = point.period_type
            and moment.period_key = point.period_key
            and pupils_of_group.population = point.population
            and pupils_of_group.cohort_dimension = point.cohort_dimension
            and pupils_of_group.cohort = point.cohort
            and point.possible_sessions > 0
),

sums as (
    select
        school_urn,
        academic_year,
        period_type,
        period_key,
        population,
        cohort_dimension,
        cohort,
        pupils,
        is_too_few,
        trend_half_terms_min,
        count(*) as points,
        arg_max(point_absent, x) as sessions,
        arg_max(point_possible, x) as possible_sessions,
        arg_min(point_absent, x) as compared_sessions,
        arg_min(point_possible, x) as compared_possible_sessions,
        sum(w order by x) as w,
        sum(w * x order by x) as wx,
        sum(w * y order by x) as wy,
        sum(w * x * y order by x) as wxy,
        sum(w * x * x order by x) as wxx,
        sum(w * y * y order by x) as wyy
    from points
    group by all
),

-- Added up in order of time: floating point sums in another order differ in their last digit.
deviations as (
    select
        *,
        wxy - wx * wy / w as xy,
        wxx - wx * wx / w as xx,
        wyy - wy * wy / w as yy
    from sums
)

select
    lines.school_urn,
    lines.academic_year,
    lines.period_type,
    lines.period_key,
    lines.population,
    lines.cohort_dimension,
    lines.cohort,
    lines.pupils,
    lines.sessions,
    lines.possible_sessions,
    lines.compared_sessions,
    lines.compared_possible_sessions,
    'trend' as finding,
    'half_terms' as item,
    lines.xy / nullif(lines.xx, 0) as difference_percentage_points,
    student.t_quantile * sqrt(
        greatest(lines.yy - lines.xy * lines.xy / nullif(lines.xx, 0), 0)
        / nullif(greatest(lines.points - 2, 0), 0) / nullif(lines.xx, 0)
    ) as half_width,
    cast(lines.points as integer) as points,
    case
        when lines.is_too_few then 'too_few_pupils'
        when lines.points < lines.trend_half_terms_min then 'too_few_half_terms'
        else 'assessed'
    end as status
from deviations as lines
left join {{ ref("student_t") }} as student on lines.points - 2 = student.degrees_of_freedom
