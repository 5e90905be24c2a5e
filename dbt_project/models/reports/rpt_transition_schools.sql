-- Rounded, without counts, and nothing at all of few pupils: the year group of a whole year is nearly, not quite, that
-- of each half term in rpt_cohorts, so exact rates of both would tell of those who are in one and not in the other.
with minimum as (
    select {{ rule_value("suppression_minimum_pupils", "trust.as_of") }} as pupils
    from {{ ref("stg_trust") }} as trust
),

points as (
    select
        place.place_type,
        place.place_key,
        place.place_name,
        place.slug,
        place.phase,
        curve.transition,
        passage.display_name as transition_label,
        cast(passage.transition_order as integer) as transition_order,
        passage.to_year_group,
        curve.academic_year,
        curve.point,
        coalesce(half_term.display_name, before.display_name) as point_label,
        concat_ws(' ', curve.academic_year, curve.half_term) as period_key,
        curve.academic_year as year_key,
        curve.is_watched,
        curve.pupils < minimum.pupils as is_about_few,
        if(curve.pupils < minimum.pupils, null, round(curve.overall_absence_percent, 1)) as overall_absence_percent
    from {{ ref("fct_transition_curves") }} as curve
    cross join minimum
    inner join {{ ref("int_place_schools") }} as place
        on curve.school_urn = place.school_urn and place.place_type = 'school'
    left join {{ ref("transitions") }} as passage on curve.transition = passage.transition
    left join {{ ref("year_groups") }} as before on passage.from_year_group = before.year_group
    left join {{ ref("half_terms") }} as half_term on curve.half_term = half_term.half_term
    where curve.cohort_dimension = 'all'
)

select
    *,
    round(
        overall_absence_percent
        - first_value(overall_absence_percent) over (
            partition by place_key, transition, academic_year
            order by point
        ),
        1
    ) as change_percentage_points,
    false as is_suppressed
from points
-- Without the year before there is nothing to set a curve beside.
qualify min(point) over (partition by place_key, transition, academic_year) = 0
