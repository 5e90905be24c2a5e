-- What: `trust` and `compulsory_school_age` are the populations of fct_cohorts, counted by the bridge's own way.
-- When it matters: the same school, period and population must not have two figures.
-- How to mend: compare int_definition_slices with fct_cohorts, cohort_dimension all, for the school and period named.
with cohorts as (
    select
        *,
        case population when 'all' then 'trust' else population end as definition
    from {{ ref("fct_cohorts") }}
    where cohort_dimension = 'all'
)

select
    definitions.school_urn,
    definitions.period_type,
    definitions.period_key,
    definitions.definition
from {{ ref("fct_definitions") }} as definitions
left join cohorts
    on
        definitions.school_urn = cohorts.school_urn
        and definitions.period_type = cohorts.period_type
        and definitions.period_key = cohorts.period_key
        and definitions.definition = cohorts.definition
where
    definitions.definition in ('trust', 'compulsory_school_age')
    and (
        {%- for column in definition_sums() if column != "enrolments" %}
        definitions.{{ column }} <> coalesce(cohorts.{{ column }}, 0){{ " or" if not loop.last }}
        {%- endfor %}
    )
