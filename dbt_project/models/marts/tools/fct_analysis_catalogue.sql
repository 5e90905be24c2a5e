-- The whole cross product, also of what no feed carries.
with held as (
    select
        'fct_absence_analysis' as mart,
        period_type,
        cohort_dimension,
        count(*) as figures
    from {{ ref("fct_absence_analysis") }}
    group by all
    union all
    select
        'fct_pupil_analysis',
        period_type,
        null,
        count(*)
    from {{ ref("fct_pupil_analysis") }}
    group by all
)

select
    measure.analysis_measure,
    grouping_of_pupils.grouping,
    period.period_type,
    grouping_of_pupils.display_name,
    grouping_of_pupils.mart,
    grouping_of_pupils.cohort_dimension,
    case when grouping_of_pupils.mart is not null then measure.numerator_column end as numerator_column,
    case when grouping_of_pupils.mart is not null then measure.denominator_column end as denominator_column,
    cast(coalesce(held.figures, 0) as integer) as figures,
    grouping_of_pupils.why_not,
    case
        when grouping_of_pupils.mart is null then 'not_recorded'
        when held.figures is null then 'no_figures_yet'
        else 'available'
    end as status
from {{ ref("analysis_measures") }} as measure
cross join {{ ref("analysis_groupings") }} as grouping_of_pupils
cross join (values ('half_term'), ('term'), ('year')) as period (period_type)
left join held
    on
        grouping_of_pupils.mart = held.mart
        and grouping_of_pupils.cohort_dimension is not distinct from held.cohort_dimension
        and period.period_type = held.period_type
