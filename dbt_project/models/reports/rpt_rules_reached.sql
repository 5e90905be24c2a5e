-- Whole terms only, and of schools only: no two of these figures add up to a third, and none of them changes by the
-- week, so none can be had by taking one from another.
with terms as (
    select
        half_term.school_urn,
        half_term.academic_year,
        half_term.academic_year || ' ' || half_term.term as period_key,
        min(half_term.start_date) as start_date,
        max(half_term.end_date) as end_date
    from (
        select
            dates.school_urn,
            dates.academic_year,
            names.term,
            dates.start_date,
            dates.end_date
        from {{ ref("dim_half_term") }} as dates
        inner join {{ ref("half_terms") }} as names on dates.half_term = names.half_term
    ) as half_term
    group by half_term.school_urn, half_term.academic_year, half_term.term
),

reached as (
    select
        terms.school_urn,
        terms.period_key,
        triggers.rule_id,
        count(distinct triggers.pupil_key) as pupils
    from terms
    inner join {{ ref("fct_rule_triggers") }} as triggers
        on
            terms.school_urn = triggers.school_urn
            and triggers.triggered_on between terms.start_date and terms.end_date
    group by all
),

counted as (
    select
        {{ place_columns("place") }},
        terms.academic_year,
        terms.period_key,
        rules.rule_id,
        rules.report_order,
        coalesce(reached.pupils, 0) as pupils,
        roll.pupils as pupils_on_roll,
        {{ rule_value("suppression_minimum_pupils", "trust.as_of") }} as minimum_pupils
    from terms
    cross join {{ ref("stg_trust") }} as trust
    cross join {{ ref("reported_rules") }} as rules
    inner join {{ ref("int_place_schools") }} as place
        on terms.school_urn = place.school_urn and place.place_type = 'school'
    inner join {{ ref("fct_cohorts") }} as roll
        on
            terms.school_urn = roll.school_urn
            and terms.period_key = roll.period_key
            and roll.period_type = 'term'
            and roll.population = 'all'
            and roll.cohort_dimension = 'all'
    left join reached
        on
            terms.school_urn = reached.school_urn
            and terms.period_key = reached.period_key
            and rules.rule_id = reached.rule_id
    where terms.end_date <= trust.as_of
)

select
    {{ place_columns("counted") }},
    counted.academic_year,
    counted.period_key,
    counted.rule_id,
    coalesce(steps.display_name, counted.rule_id) as rule_label,
    coalesce(steps.rule_text, '') as rule_text,
    cast(counted.report_order as integer) as report_order,
    case when not counted.is_small then cast(counted.pupils as integer) end as pupils,
    counted.is_small as is_suppressed
from (
    select
        *,
        pupils between 1 and minimum_pupils - 1
        or pupils_on_roll - pupils between 1 and minimum_pupils - 1 as is_small
    from counted
) as counted
left join {{ ref("rule_steps") }} as steps on counted.rule_id = steps.rule_id
