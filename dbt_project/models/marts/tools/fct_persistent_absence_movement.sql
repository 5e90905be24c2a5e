{%- set movements = [
    "newly_in", "still_in", "newly_out", "still_out", "joined_in", "joined_out", "left_in", "left_out"
] %}
with counted as (
    select
        step.school_urn,
        step.academic_year,
        step.period_type,
        step.previous_period_key,
        step.period_key,
        {%- for movement in movements %}
        cast(count(*) filter (where step.movement = '{{ movement }}') as integer) as {{ movement }},
        {%- endfor %}
        populations.population
    from {{ ref("int_persistent_moves") }} as step
    cross join {{ populations() }}
    where step.is_compulsory_school_age or not populations.is_compulsory_only
    group by all
)

select
    *,
    newly_in + still_in + joined_in as persistently_absent_pupils,
    newly_in + still_in + joined_in + newly_out + still_out + joined_out as pupils,
    newly_out + still_in + left_in as previous_persistently_absent_pupils,
    newly_in + still_in + newly_out + still_out + left_in + left_out as previous_pupils
from counted
