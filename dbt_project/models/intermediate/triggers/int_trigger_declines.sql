with stretches as (
    select
        *,
        coalesce(
            max(week_start) filter (where not is_declining) over enrolment_year, date '1990-01-01'
        ) as last_other_week
    from {{ ref("int_decline_weeks") }}
    window enrolment_year as (partition by pupil_id, school_urn, academic_year)
),

present as (
    select
        pupil_id,
        school_urn,
        academic_year,
        min(week_start) as first_week,
        max(week_start) as last_week,
        arg_min(rise, week_start) as value,
        arg_max(rise, week_start) as latest_value,
        arg_max(absent_sessions, week_start) as sessions,
        arg_max(possible_sessions, week_start) as possible_sessions,
        any_value(threshold) as threshold,
        arg_min(week_no, week_start) as week_no
    from stretches
    where week_start > last_other_week
    group by pupil_id, school_urn, academic_year
),

dated as (
    select
        present.pupil_id,
        present.school_urn,
        present.academic_year,
        max(session.session_date) filter (where session.week_start = present.first_week) as triggered_on,
        max(session.session_date) as last_session_date
    from present
    inner join {{ ref("int_pupils") }} as pupils on present.pupil_id = pupils.pupil_id
    inner join {{ ref("fct_sessions") }} as session
        on
            pupils.pupil_key = session.pupil_key
            and present.school_urn = session.school_urn
            and session.week_start in (present.first_week, present.last_week)
    where session.is_possible
    group by present.pupil_id, present.school_urn, present.academic_year
),

listed as (
    select
        present.pupil_id,
        present.school_urn,
        present.academic_year,
        {{ code_list("absent") }} as codes,
        {{ session_list("absent") }} as evidence_sessions
    from present
    inner join {{ ref("int_share_rules") }} as rules on present.academic_year = rules.academic_year
    inner join {{ ref("int_school_weeks") }} as opens
        on
            present.school_urn = opens.school_urn
            and opens.week_no between present.week_no - cast(rules.declining_weeks as integer) + 1 and present.week_no
    inner join {{ ref("int_absent_sessions") }} as absent
        on
            present.pupil_id = absent.pupil_id
            and present.school_urn = absent.school_urn
            and present.academic_year = absent.academic_year
            and opens.week_start = absent.week_start
    group by present.pupil_id, present.school_urn, present.academic_year
)

select
    present.pupil_id,
    present.school_urn,
    present.academic_year,
    'declining' as rule_id,
    'rule' as ground,
    dated.triggered_on,
    dated.triggered_on as first_session_date,
    dated.last_session_date,
    present.sessions,
    present.possible_sessions,
    present.value,
    present.latest_value,
    present.threshold,
    present.academic_year = {{ academic_year("trust.as_of") }} as is_open,
    cast(null as date) as due_on,
    listed.codes,
    listed.evidence_sessions
from present
cross join {{ ref("stg_trust") }} as trust
inner join dated
    on
        present.pupil_id = dated.pupil_id
        and present.school_urn = dated.school_urn
        and present.academic_year = dated.academic_year
left join listed
    on
        present.pupil_id = listed.pupil_id
        and present.school_urn = listed.school_urn
        and present.academic_year = listed.academic_year
