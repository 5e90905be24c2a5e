-- The session with which the present stretch began: the first after the last one at which the condition did not hold.
with judged as (
    {%- for name, share in shares("sessions", "rules").items() %}
    select
        share.pupil_id,
        share.school_urn,
        share.academic_year,
        share.share,
        sessions.session_no,
        sessions.session_date,
        {{ share.value }} as value,
        {{ share.threshold }} as threshold,
        {{ share.holds }} as holds
    from {{ ref("int_shares") }} as share
    inner join {{ ref("int_share_sessions") }} as sessions
        on
            share.pupil_id = sessions.pupil_id
            and share.school_urn = sessions.school_urn
            and share.academic_year = sessions.academic_year
            and share.first_week <= sessions.week_start
    left join {{ ref("int_share_rules") }} as rules on share.academic_year = rules.academic_year
    where share.share = '{{ name }}'
    {{ "union all" if not loop.last }}
    {%- endfor %}
),

last_failures as (
    select
        pupil_id,
        school_urn,
        academic_year,
        share,
        coalesce(max(session_no) filter (where not holds), 0) as last_failure
    from judged
    group by pupil_id, school_urn, academic_year, share
)

select
    judged.pupil_id,
    judged.school_urn,
    judged.academic_year,
    judged.share,
    min(judged.session_no) as session_no,
    min(judged.session_date) as triggered_on,
    max(judged.session_date) as last_session_date,
    arg_min(judged.value, judged.session_no) as value,
    arg_min(judged.threshold, judged.session_no) as threshold
from judged
inner join last_failures
    on
        judged.pupil_id = last_failures.pupil_id
        and judged.school_urn = last_failures.school_urn
        and judged.academic_year = last_failures.academic_year
        and judged.share = last_failures.share
        and judged.session_no > last_failures.last_failure
group by judged.pupil_id, judged.school_urn, judged.academic_year, judged.share
