-- Of the two grounds on which leave is refused, unauthorised absence comes first.
with listed as (
    {%- for name, share in shares("s", "r").items() %}
    select
        starts.pupil_id,
        starts.school_urn,
        starts.academic_year,
        starts.share,
        {{ code_list("absent") }} as codes,
        {{ session_list("absent") }} as evidence_sessions
    from {{ ref("int_share_starts") }} as starts
    inner join {{ ref("int_absent_sessions") }} as absent
        on
            starts.pupil_id = absent.pupil_id
            and starts.school_urn = absent.school_urn
            and starts.academic_year = absent.academic_year
            and starts.session_no >= absent.session_no
    where starts.share = '{{ name }}' and absent.{{ share.flag }}
    group by starts.pupil_id, starts.school_urn, starts.academic_year, starts.share
    {{ "union all" if not loop.last }}
    {%- endfor %}
),

standing as (
    {%- for name, share in shares("week", "rules").items() %}
    select
        share.pupil_id,
        share.school_urn,
        share.academic_year,
        share.share,
        '{{ share.rule_id }}' as rule_id,
        '{{ share.ground }}' as ground,
        {{ loop.index }} as share_order,
        week.{{ share.counted }} as sessions,
        week.possible_sessions,
        {{ share.value }} as latest_value
    from {{ ref("int_shares") }} as share
    inner join {{ ref("int_share_weeks") }} as week
        on
            share.pupil_id = week.pupil_id
            and share.school_urn = week.school_urn
            and share.academic_year = week.academic_year
            and share.last_week = week.week_start
    left join {{ ref("int_share_rules") }} as rules on share.academic_year = rules.academic_year
    where share.share = '{{ name }}'
    {{ "union all" if not loop.last }}
    {%- endfor %}
)

select
    standing.pupil_id,
    standing.school_urn,
    standing.academic_year,
    standing.rule_id,
    case when count(*) over grounds > 1 then 'both' else standing.ground end as ground,
    starts.triggered_on,
    starts.triggered_on as first_session_date,
    starts.last_session_date,
    standing.sessions,
    standing.possible_sessions,
    starts.value,
    standing.latest_value,
    starts.threshold,
    standing.academic_year = {{ academic_year("trust.as_of") }} as is_open,
    cast(null as date) as due_on,
    listed.codes,
    listed.evidence_sessions
from standing
cross join {{ ref("stg_trust") }} as trust
inner join {{ ref("int_share_starts") }} as starts
    on
        standing.pupil_id = starts.pupil_id
        and standing.school_urn = starts.school_urn
        and standing.academic_year = starts.academic_year
        and standing.share = starts.share
left join listed
    on
        standing.pupil_id = listed.pupil_id
        and standing.school_urn = listed.school_urn
        and standing.academic_year = listed.academic_year
        and standing.share = listed.share
window grounds as (partition by standing.pupil_id, standing.school_urn, standing.academic_year, standing.rule_id)
qualify row_number() over (
    partition by standing.pupil_id, standing.school_urn, standing.academic_year, standing.rule_id
    order by standing.share_order
) = 1
