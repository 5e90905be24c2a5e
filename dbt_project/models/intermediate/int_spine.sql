-- depends_on: {{ ref("int_mark_slices") }} (how many marks a slice has says how many are built at a time)
-- Grain: one row per expected session: a pupil on a school's roll, and a session that is open for the pupil's year
-- group. Numbers and keys only; what they stand for is in int_pupils and int_school_sessions. Runs past the as-of day
-- where marks may, so that those can be judged; fct_sessions stops at the as-of day.
with horizon as (
    select greatest(
        (select trust.as_of from {{ ref("stg_trust") }} as trust),
        (select max(cast(extracts.exported_at as date)) from {{ ref("stg_extracts") }} as extracts)
    ) as last_date
)

select
    roll.pupil_id,
    roll.school_urn,
    sessions.academic_year,
    sessions.session_date,
    sessions.session,
    sessions.school_session_id
from {{ ref("int_roll") }} as roll
inner join {{ ref("int_pupil_versions") }} as versions
    on
        roll.pupil_id = versions.pupil_id
        and roll.school_urn = versions.school_urn
        and roll.leaving_date >= versions.valid_from
        and roll.entry_date <= coalesce(versions.valid_to, date '9999-12-31')
inner join {{ ref("int_school_sessions") }} as sessions
    on
        roll.school_urn = sessions.school_urn
        and coalesce(versions.year_group, 'unknown') = sessions.year_group
        and sessions.session_date between roll.entry_date and roll.leaving_date
        and sessions.session_date between versions.valid_from and coalesce(versions.valid_to, date '9999-12-31')
cross join horizon
where sessions.session_date <= horizon.last_date
