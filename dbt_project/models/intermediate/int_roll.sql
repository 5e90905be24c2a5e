-- Grain: one row per spell of a pupil on a school's roll; spells of one pupil at one school do not overlap.
-- The newest pupils extract that names the pupil speaks; spells that had ended before those it names are kept from
-- older ones. A pupil who vanishes from newer extracts without a leaving date stays on roll.
with newest as (
    select
        *,
        max(export_order) over (partition by school_urn, pupil_key) as last_order,
        max(export_order) over (partition by school_urn, pupil_key, entry_date) as last_order_of_spell
    from {{ ref("int_pupil_rows") }}
),

named as (
    select
        school_urn,
        pupil_key,
        min(entry_date) as first_entry_date
    from newest
    where export_order = last_order
    group by school_urn, pupil_key
),

spells as (
    select
        newest.school_urn,
        newest.pupil_key,
        newest.entry_date,
        coalesce(newest.leaving_date, date '9999-12-31') as leaving_date
    from newest
    inner join named on newest.school_urn = named.school_urn and newest.pupil_key = named.pupil_key
    where
        newest.export_order = newest.last_order
        or (newest.export_order = newest.last_order_of_spell and newest.leaving_date < named.first_entry_date)
),

marked as (
    select
        *,
        coalesce(
            entry_date > max(leaving_date) over (
                partition by school_urn, pupil_key
                order by entry_date, leaving_date
                rows between unbounded preceding and 1 preceding
            ),
            true
        ) as starts_spell
    from spells
    where leaving_date >= entry_date
),

numbered as (
    select
        *,
        sum(cast(starts_spell as integer)) over (
            partition by school_urn, pupil_key
            order by entry_date, leaving_date
            rows between unbounded preceding and current row
        ) as spell
    from marked
)

select
    numbered.school_urn,
    numbered.pupil_key,
    pupils.pupil_id,
    min(numbered.entry_date) as entry_date,
    max(numbered.leaving_date) as leaving_date
from numbered
inner join {{ ref("int_pupils") }} as pupils on numbered.pupil_key = pupils.pupil_key
group by numbered.school_urn, numbered.pupil_key, pupils.pupil_id, numbered.spell
