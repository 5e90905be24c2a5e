-- By the first spell of the year: a pupil who was here before and came back in the last half term did not start in it.
with thresholds as (
    select
        years.academic_year,
        {{ rule_values(["five_half_terms"], "years.academic_year", kind="academic_year") }}
    from (select distinct academic_year from {{ ref("int_half_terms") }}) as years
),

school_years as (
    select
        half_terms.school_urn,
        half_terms.academic_year,
        max(half_terms.end_date) filter (
            where half_terms.half_term_order <= threshold.five_half_terms
        ) as last_day_before,
        max(half_terms.end_date) as last_day
    from {{ ref("int_half_terms") }} as half_terms
    inner join thresholds as threshold on half_terms.academic_year = threshold.academic_year
    group by half_terms.school_urn, half_terms.academic_year
    having max(half_terms.half_term_order) > max(threshold.five_half_terms)
)

select
    roll.pupil_id,
    roll.school_urn,
    school_years.academic_year
from {{ ref("int_roll") }} as roll
inner join school_years
    on
        roll.school_urn = school_years.school_urn
        and roll.leaving_date >= make_date({{ start_year("school_years.academic_year") }}, 8, 1)
        and roll.entry_date <= school_years.last_day
group by roll.pupil_id, roll.school_urn, school_years.academic_year, school_years.last_day_before
having min(roll.entry_date) > school_years.last_day_before
