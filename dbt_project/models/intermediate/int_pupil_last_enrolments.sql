-- The school where the pupil was on roll last in the period; of two, the main registration, then the later entry.
with movers as (
    select pupil_id
    from {{ ref("int_roll") }}
    group by pupil_id
    having count(distinct school_urn) > 1
),

last_days as (
    select
        enrolment.pupil_id,
        enrolment.school_urn,
        enrolment.academic_year,
        enrolment.period_type,
        enrolment.period_key,
        enrolment.year_group,
        enrolment.is_compulsory_school_age,
        period.last_day,
        max(least(roll.leaving_date, period.last_day)) as last_day_on_roll,
        max(roll.entry_date) as entry_date
    from {{ ref("int_enrolment_periods") }} as enrolment
    inner join movers on enrolment.pupil_id = movers.pupil_id
    inner join {{ ref("int_school_periods") }} as period
        on
            enrolment.school_urn = period.school_urn
            and enrolment.period_type = period.period_type
            and enrolment.period_key = period.period_key
    inner join {{ ref("int_roll") }} as roll
        on
            enrolment.pupil_id = roll.pupil_id
            and enrolment.school_urn = roll.school_urn
            and period.last_day >= roll.entry_date
    group by all
),

-- Only pupils of several schools have to be ranked.
chosen as (
    select last_days.*
    from last_days
    left join {{ ref("int_enrolment_versions") }} as version
        on
            last_days.pupil_id = version.pupil_id
            and last_days.school_urn = version.school_urn
            and last_days.last_day >= version.counts_from
            and last_days.last_day < version.counts_before
    left join {{ ref("enrolment_statuses") }} as status on version.enrolment_status = status.enrolment_status
    qualify
        row_number() over (
            partition by last_days.pupil_id, last_days.period_type, last_days.period_key
            order by
                last_days.last_day_on_roll desc, coalesce(status.is_main_registration, false) desc,
                last_days.entry_date desc, last_days.school_urn asc
        ) = 1
)

{%- set columns = ["pupil_id", "school_urn", "academic_year", "period_type", "period_key", "year_group",
    "is_compulsory_school_age"] %}

select {{ columns | join(", ") }}
from chosen
union all
select {{ columns | join(", ") }}
from {{ ref("int_enrolment_periods") }}
where pupil_id not in (select movers.pupil_id from movers)
