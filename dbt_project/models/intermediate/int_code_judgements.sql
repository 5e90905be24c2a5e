{%- set keys = ["school_urn", "period_type", "period_key", "population", "code"] -%}
{%- set of_school = keys + [
    "phase", "academic_year", "is_about_whole_school", "pupils", "sessions", "possible_sessions",
    "code_monitoring_fdr_percent",
] -%}
{%- set of_others = [
    "other_schools", "other_sessions", "other_possible_sessions", "rate", "dispersion", "between_variance",
] -%}
{%- set of_funnel = ["p_value", "inner_low", "inner_high", "outer_low", "outer_high"] -%}
with compared as (
    select
        {{ columns_of("sums", of_school) | indent(4) }},
        {{- columns_of("expected", of_others) | indent(4) }},
        {{- columns_of("funnel", of_funnel) | indent(4) }},
        case
            -- A whole school's closure is one event, however many pupils' marks tell of it.
            when sums.is_about_whole_school then 'about_whole_school'
            when expected.other_schools = 0 then 'only_school_of_phase'
            when funnel.p_value is null or not expected.is_enough then 'too_few'
        end as reason_not_judged
    from {{ ref("int_code_sums") }} as sums
    inner join {{ ref("int_code_expectations") }} as expected
        on
            sums.school_urn = expected.school_urn
            and sums.period_type = expected.period_type
            and sums.period_key = expected.period_key
            and sums.population = expected.population
            and sums.code = expected.code
    left join {{ ref("int_code_funnels") }} as funnel
        on
            sums.school_urn = funnel.school_urn
            and sums.period_type = funnel.period_type
            and sums.period_key = funnel.period_key
            and sums.population = funnel.population
            and sums.code = funnel.code
),

ranked as (
    -- Benjamini and Hochberg: p times the number of tests, by the number of p-values that are no greater.
    select
        *,
        case
            when reason_not_judged is null
                then p_value * count(*) over family / count(*) over (family order by p_value)
        end as p_by_rank
    from compared
    window family as (partition by population, period_type, period_key, phase, reason_not_judged is null)
),

adjusted as (
    -- No greater p-value may have a smaller q.
    select
        * exclude (p_by_rank),
        case
            when reason_not_judged is null
                then least(1, min(p_by_rank) over (
                    partition by population, period_type, period_key, phase, reason_not_judged is null
                    order by p_value desc
                ))
        end as q_value
    from ranked
)

select
    * exclude (reason_not_judged),
    case
        when reason_not_judged is not null then reason_not_judged
        when 100 * q_value > code_monitoring_fdr_percent then 'within'
        when sessions > possible_sessions * rate then 'high'
        else 'low'
    end as monitoring_status
from adjusted
