-- The steps of the definitions in force in each year, between where every chain starts and where it ends.
with in_force as (
    select
        years.academic_year,
        definition.definition,
        definition.definition_order,
        definition.display_name,
        (
            select coalesce(max(step.step_order), 0)
            from {{ ref("definition_steps") }} as step
            where step.definition = definition.definition
        ) as steps
    from {{ ref("definitions") }} as definition
    inner join (select distinct academic_year from {{ ref("int_definition_slices") }}) as years
        on {{ definition_in_force("definition", "years.academic_year") }}
)

select
    in_force.academic_year,
    in_force.definition,
    in_force.definition_order,
    mark.kind,
    mark.kind as step,
    case when mark.kind = 'end' then in_force.steps + 1 else 0 end as step_order,
    in_force.display_name
from in_force
cross join (values ('start'), ('end')) as mark (kind)
union all
select
    in_force.academic_year,
    in_force.definition,
    in_force.definition_order,
    'step',
    step.step,
    step.step_order,
    step.display_name
from in_force
inner join {{ ref("definition_steps") }} as step on in_force.definition = step.definition
