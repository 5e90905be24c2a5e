-- Values stated while a pupil was off roll count from the next day on roll, or not at all: a leaver keeps the values of
-- the last day on roll. The first values hold back to the beginning.
with first_days as (
    select
        version.*,
        min(greatest(version.valid_from, roll.entry_date)) as first_day
    from {{ ref("int_pupil_versions") }} as version
    inner join {{ ref("int_roll") }} as roll
        on
            version.pupil_id = roll.pupil_id
            and version.school_urn = roll.school_urn
            and version.valid_from <= roll.leaving_date
    group by all
),

latest as (
    select *
    from first_days
    qualify row_number() over (partition by pupil_id, school_urn, first_day order by valid_from desc) = 1
)

select
    * exclude (first_day),
    case when lag(first_day) over enrolment is null then date '0001-01-01' else first_day end as counts_from,
    coalesce(lead(first_day) over enrolment, date '9999-12-31') as counts_before
from latest
window enrolment as (partition by pupil_id, school_urn order by first_day)
