-- Grain: one row per pupil, school and period in which the pupil's characteristics stayed the same.
-- The first values hold back to the entry date, a new value holds from the day of its export.
{% set characteristics = [
    "year_group", "form", "sex", "birth_cohort", "compulsory_from", "enrolment_status", "fsm", "pupil_premium",
    "sen_status", "sen_need", "english_additional_language", "ethnicity", "looked_after", "previously_looked_after",
    "child_in_need", "child_protection_plan", "young_carer", "service_child", "travel_mode", "previous_school_laestab",
] %}
with stated as (
    select
        *,
        cast(exported_at as date) as stated_on,
        min(entry_date) over (partition by school_urn, pupil_key) as first_entry_date
    from {{ ref("int_pupil_rows") }}
    -- of several spells in an extract the latest speaks, of several extracts on a day the last
    qualify
        row_number() over (
            partition by school_urn, pupil_key, cast(exported_at as date)
            order by export_order desc, entry_date desc
        ) = 1
),

compared as (
    select
        *,
        row({{ characteristics | join(", ") }}) as stated_values,
        lag(row({{ characteristics | join(", ") }})) over (
            partition by school_urn, pupil_key order by stated_on
        ) as previous_values,
        row_number() over (partition by school_urn, pupil_key order by stated_on) as statement
    from stated
),

changed as (
    select
        *,
        case when statement = 1 then least(first_entry_date, stated_on) else stated_on end as valid_from
    from compared
    where statement = 1 or stated_values is distinct from previous_values
)

select
    pupils.pupil_id,
    changed.pupil_key,
    changed.school_urn,
    changed.valid_from,
    cast(
        lead(changed.valid_from) over (
            partition by changed.school_urn, changed.pupil_key order by changed.valid_from
        ) - interval 1 day as date
    ) as valid_to,
    changed.{{ characteristics | join(",\n    changed.") }}
from changed
inner join {{ ref("int_pupils") }} as pupils on changed.pupil_key = pupils.pupil_key
