{%- set places = ["school_urn", "academic_year", "period_type", "period_key"] %}
{%- set groups = ["characteristics_key", "is_compulsory_school_age"] %}
with followed as (
    select
        step.*,
        {{ each(groups + cell_parts(), "lag(step.{c}) over one_by_one as last_{c}") }}
    from {{ ref("int_enrolment_steps") }} as step
    window one_by_one as (
        partition by step.pupil_key, step.school_urn, step.period_type, step.period_key order by step.cause_order
    )
),

compared as (
    select
        *,
        {{ each(groups, "{c} = last_{c}", "and") }} as is_same_group
    from followed
    where cause_order > 0
),

signed as (
    select
        {{ columns_of("compared", places + groups + ["cause"]) }},
        {{ each(
            cell_parts(),
            "compared.{c} - case when compared.is_same_group then compared.last_{c} else 0 end as {c}"
        ) }}
    from compared
    where
        not compared.is_same_group
        or ({{ each(cell_parts(), "compared.{c} <> compared.last_{c}", "or") }})
    union all
    select
        {{ columns_of("compared", places) }},
        last_characteristics_key,
        last_is_compulsory_school_age,
        cause,
        {{ each(cell_parts(), "-last_{c}") }}
    from compared
    where not is_same_group
),

summed as (
    select
        {{ columns_of("signed", places + groups + ["cause"]) }},
        {{ sums_of("signed", cell_parts()) }}
    from signed
    group by all
),

memberships as (
    select * from {{ ref("int_cohort_memberships") }}
    union
    select * from {{ source("previous", "memberships") }}
),

by_cell as (
    select
        {{ columns_of("summed", places) }},
        populations.population,
        membership.cohort_dimension,
        membership.cohort,
        summed.cause,
        {{ sums_of("summed", cell_parts()) }}
    from summed
    inner join {{ populations() }} on not populations.is_compulsory_only or summed.is_compulsory_school_age
    inner join memberships as membership on summed.characteristics_key = membership.characteristics_key
    group by all
    union all
    select * from {{ ref("int_session_cell_changes") }}
)

select *
from by_cell
where {{ each(cell_parts(), "{c} <> 0", "or") }}
