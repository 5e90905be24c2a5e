-- Which sessions count differently from the previous release, and why. Nothing where there is none to compare with.
{%- set spans = ["academic_year", "half_term", "term", "week_start"] %}
{%- set counted = spans + ["code", "mark_status"] + session_sums() %}
with chain as (
    select
        release.release_id,
        least(release.as_of, trust.as_of) as shared_until
    from {{ source("previous", "run") }} as run
    inner join {{ source("previous", "releases") }} as release on run.previous_release_id = release.release_id
    cross join {{ ref("stg_trust") }} as trust
),

differing as (
    select
        coalesce(now.school_urn, before.school_urn) as school_urn,
        coalesce(now.academic_year, before.academic_year) as academic_year,
        coalesce(now.half_term, before.half_term) as half_term
    from {{ ref("int_session_checksums") }} as now
    full outer join {{ source("previous", "session_checksums") }} as before
        on
            now.school_urn = before.school_urn
            and now.academic_year = before.academic_year
            and now.half_term is not distinct from before.half_term
    where
        (now.checksum is distinct from before.checksum or now.sessions is distinct from before.sessions)
        and exists (select 1 from chain)
),

before as (
    select
        coalesce(renamed.new_key, session.pupil_key) as pupil_key,
        {{ columns_of("session", ["school_urn", "session_date", "session", "code", "mark_status"] + spans) }},
        {{ session_counts("session") }}
    from {{ source("previous", "sessions") }} as session
    inner join differing
        on
            session.school_urn = differing.school_urn
            and session.academic_year = differing.academic_year
            and session.half_term is not distinct from differing.half_term
    left join {{ source("previous", "pupil_keys") }} as renamed on session.pupil_key = renamed.old_key
),

now as (
    select
        session.pupil_key,
        {{ columns_of("session", ["school_urn", "session_date", "session", "code", "mark_status"] + spans) }},
        {{ session_counts("session") }}
    from {{ ref("fct_sessions") }} as session
    inner join differing
        on
            session.school_urn = differing.school_urn
            and session.academic_year = differing.academic_year
            and session.half_term is not distinct from differing.half_term
)

select
    coalesce(now.pupil_key, before.pupil_key) as pupil_key,
    coalesce(now.school_urn, before.school_urn) as school_urn,
    coalesce(now.session_date, before.session_date) as session_date,
    coalesce(now.session, before.session) as session,
    case
        when
            (before.pupil_key is null or now.pupil_key is null)
            and coalesce(now.session_date, before.session_date) > chain.shared_until
            then 'later_sessions'
        when before.pupil_key is null or now.pupil_key is null then 'roll_changes'
        when not ({{ same_or_null("before", "now", spans) }}) then 'roll_changes'
        when before.mark_status <> 'recorded' and before.mark_status <> now.mark_status then 'late_marks'
        when code.is_reason_outstanding and now.mark_status = 'recorded' and before.code <> now.code then 'n_resolved'
        when before.mark_status <> now.mark_status or (before.code is distinct from now.code)
            then 'other_amendments'
        else 'rule_or_code_change'
    end as cause,
    before.pupil_key is not null and now.pupil_key is not null
    and not {{ any_differs("before", "now", spans) }} as is_same_place,
    before.pupil_key is not null as is_before,
    now.pupil_key is not null as is_now,
    {{ each(counted, "before.{c} as before_{c}") }},
    {{ each(counted, "now.{c} as now_{c}") }},
    chain.release_id as previous_release_id
from before
full outer join now
    on
        before.pupil_key = now.pupil_key
        and before.school_urn = now.school_urn
        and before.session_date = now.session_date
        and before.session = now.session
cross join chain
left join {{ ref("attendance_codes") }} as code
    on
        before.code = code.code
        and before.session_date >= code.valid_from
        and before.session_date <= coalesce(code.valid_to, date '9999-12-31')
where {{ any_differs("before", "now", spans + session_sums()) }}
