-- What: each combination has figures in the mart and columns it names, or a reason why not; and every cohort
--   dimension of the marts is in the catalogue.
-- When it matters: a governor asks for truancy of young carers by term, and somebody must know whether there is one.
-- How to mend: correct the seed analysis_groupings or analysis_measures.
select
    catalogue.analysis_measure,
    catalogue.grouping,
    catalogue.period_type
from {{ ref("fct_analysis_catalogue") }} as catalogue
left join information_schema.columns as numerator
    on
        catalogue.mart = numerator.table_name
        and numerator.table_schema = 'marts'
        and catalogue.numerator_column = numerator.column_name
left join information_schema.columns as denominator
    on
        catalogue.mart = denominator.table_name
        and denominator.table_schema = 'marts'
        and catalogue.denominator_column = denominator.column_name
where
    (catalogue.mart is null) != (catalogue.why_not is not null)
    or (catalogue.mart is not null and (numerator.column_name is null or denominator.column_name is null))
    or (
        catalogue.status = 'no_figures_yet'
        and catalogue.period_type in (select band.period_type from {{ ref("fct_bands") }} as band)
    )
union all
select distinct
    null,
    held.cohort_dimension,
    null
from {{ ref("fct_absence_analysis") }} as held
left join {{ ref("analysis_groupings") }} as listed on held.cohort_dimension = listed.cohort_dimension
where listed.grouping is null
