with described as (
    select
        triggers.*,
        steps.next_step,
        {{ academic_year("triggers.triggered_on") }} as academic_year,
        words.evidence_text
    from {{ ref("int_triggers") }} as triggers
    left join {{ ref("rule_steps") }} as steps on triggers.rule_id = steps.rule_id
    left join {{ ref("rule_evidence") }} as words
        on triggers.rule_id = words.rule_id and triggers.ground = words.ground
)

select
    pupils.pupil_key,
    described.school_urn,
    described.rule_id,
    described.academic_year,
    described.triggered_on,
    described.value,
    described.threshold,
    {{ filled_in("described.evidence_text", {
        "value": shown_number("described.value"),
        "latest": shown_number("described.latest_value"),
        "threshold": shown_number("described.threshold"),
        "sessions": "cast(described.sessions as varchar)",
        "counted": "described.sessions || case when described.sessions = 1 then ' session' else ' sessions' end",
        "possible": "coalesce(cast(described.possible_sessions as varchar), '')",
        "span": shown_span("described.first_session_date", "described.last_session_date"),
        "first": shown_date("described.first_session_date"),
        "last": shown_date("described.last_session_date"),
        "triggered": shown_date("described.triggered_on"),
        "due": "coalesce(" ~ shown_date("described.due_on") ~ ", '')",
        "codes": "coalesce(described.codes, '')",
        "year": "described.academic_year",
    }) }} as evidence,
    described.next_step,
    described.first_session_date,
    described.last_session_date,
    described.sessions,
    described.possible_sessions,
    described.latest_value,
    described.is_open,
    ages.is_compulsory_school_age,
    version.year_group,
    described.evidence_sessions
from described
inner join {{ ref("int_pupils") }} as pupils on described.pupil_id = pupils.pupil_id
left join {{ ref("int_enrolment_years") }} as ages
    on
        described.pupil_id = ages.pupil_id
        and described.school_urn = ages.school_urn
        and described.academic_year = ages.academic_year
left join {{ ref("int_enrolment_versions") }} as version
    on
        described.pupil_id = version.pupil_id
        and described.school_urn = version.school_urn
        and described.triggered_on >= version.counts_from
        and described.triggered_on < version.counts_before
