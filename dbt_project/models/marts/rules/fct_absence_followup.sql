with steps as (
    select
        *,
        lead(from_day) over (order by from_day) as next_from_day
    from {{ ref("escalation_steps") }}
)

select
    pupils.pupil_key,
    absent.school_urn,
    absent.session_date,
    absent.academic_year,
    version.year_group,
    absent.absent_since,
    absent.day_index,
    steps.step as escalation_step,
    steps.owner,
    steps.next_step,
    absent.am_code,
    absent.pm_code,
    absent.is_reason_outstanding,
    absent.am_code is not null
    and coalesce(standing.is_at_risk or standing.is_persistently_absent, false) as is_golden_hour,
    coalesce(standing.is_at_risk, false) as is_at_risk,
    coalesce(standing.is_persistently_absent, false) as is_persistently_absent,
    standing.absent_sessions,
    standing.possible_sessions,
    {{ percent("standing.absent_sessions", "standing.possible_sessions") }} as overall_absence_percent
from {{ ref("int_absent_enrolments") }} as absent
inner join {{ ref("int_pupils") }} as pupils on absent.pupil_id = pupils.pupil_id
left join {{ ref("int_enrolment_periods") }} as standing
    on
        absent.pupil_id = standing.pupil_id
        and absent.school_urn = standing.school_urn
        and standing.period_type = 'year'
        and absent.academic_year = standing.period_key
left join {{ ref("int_enrolment_versions") }} as version
    on
        absent.pupil_id = version.pupil_id
        and absent.school_urn = version.school_urn
        and absent.session_date >= version.counts_from
        and absent.session_date < version.counts_before
left join steps
    on
        absent.day_index >= steps.from_day
        and (steps.next_from_day is null or absent.day_index < steps.next_from_day)
