-- Grain: one row per expected session: a pupil on a school's roll, and a session that is open for the pupil's year group.
-- Runs past the as-of day where marks do, so that those can be judged; fct_sessions stops at the as-of day.
with horizon as (
    select greatest(
        (select trust.as_of from {{ ref("stg_trust") }} as trust),
        (select max(marks.session_date) from {{ ref("stg_marks") }} as marks where marks.row_reason is null)
    ) as last_date
)

select
    roll.pupil_id,
    roll.pupil_key,
    roll.school_urn,
    sessions.session_date,
    sessions.session,
    versions.year_group,
    sessions.academic_year,
    sessions.half_term,
    sessions.term,
    sessions.week_start
from {{ ref("int_roll") }} as roll
inner join {{ ref("int_pupil_versions") }} as versions
    on
        roll.pupil_id = versions.pupil_id
        and roll.school_urn = versions.school_urn
        and versions.valid_from <= roll.leaving_date
        and coalesce(versions.valid_to, date '9999-12-31') >= roll.entry_date
inner join {{ ref("int_school_sessions") }} as sessions
    on
        roll.school_urn = sessions.school_urn
        and coalesce(versions.year_group, 'unknown') = sessions.year_group
        and sessions.session_date between roll.entry_date and roll.leaving_date
        and sessions.session_date between versions.valid_from and coalesce(versions.valid_to, date '9999-12-31')
cross join horizon
where sessions.session_date <= horizon.last_date
