-- The groups that everybody outside a school is shown by rpt_cohorts, and no others: the shares are of the same cells.
select
    cohort.place_type,
    cohort.place_key,
    cohort.place_name,
    cohort.slug,
    cohort.phase,
    cohort.phase_order,
    cohort.place_order,
    cohort.academic_year,
    cohort.period_type,
    cohort.period_key,
    cohort.period_order,
    cohort.cohort_dimension,
    cohort.dimension_label,
    cohort.dimension_order,
    cohort.cohort,
    cohort.cohort_label,
    cohort.cohort_order,
    contribution.share_of_school_pupils_percent as share_of_pupils_percent,
    contribution.share_of_school_possible_percent as share_of_possible_percent,
    contribution.share_of_school_absence_percent as share_of_absence_percent,
    contribution.share_of_school_persistent_absence_percent as share_of_persistent_absence_percent,
    contribution.share_of_school_absence_percent - contribution.share_of_school_possible_percent
        as absence_beyond_share_points,
    false as is_suppressed,
    false as persistent_is_suppressed
from {{ ref("rpt_cohorts") }} as cohort
inner join {{ ref("int_place_schools") }} as place
    on cohort.place_type = place.place_type and cohort.place_key = place.place_key
inner join {{ ref("fct_cohort_contributions") }} as contribution
    on
        place.school_urn = contribution.school_urn
        and cohort.period_type = contribution.period_type
        and cohort.period_key = contribution.period_key
        and cohort.cohort_dimension = contribution.cohort_dimension
        and cohort.cohort = contribution.cohort
inner join {{ ref("cohort_dimensions") }} as dimension on cohort.cohort_dimension = dimension.cohort_dimension
where
    cohort.place_type = 'school'
    and contribution.population = 'all'
    and contribution.year_group = 'all'
    and dimension.is_compared_across_schools
    and not cohort.is_rest
