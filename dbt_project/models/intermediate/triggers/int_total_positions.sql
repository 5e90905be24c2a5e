{%- set spans = {"year": "absent.academic_year", "term": "absent.academic_year || ' ' || absent.term"} %}
{%- for rule_id, (flag, span, unit) in total_rules().items() %}
{%- set in_span = "partition by absent.pupil_id, absent.school_urn, " ~ spans[span] ~ " order by absent." %}
{%- set counter = {
    "days": "dense_rank() over (" ~ in_span ~ "session_date)",
    "sessions": "row_number() over (" ~ in_span ~ "session_no)",
} %}
select
    '{{ rule_id }}' as rule_id,
    absent.pupil_id,
    absent.school_urn,
    absent.academic_year,
    '{{ span }}' as period_type,
    {{ spans[span] }} as period_key,
    absent.session_no,
    absent.session_date,
    absent.session,
    absent.code,
    {{ counter[unit] }} as position
from {{ ref("int_absent_sessions") }} as absent
where absent.{{ flag }} and {{ spans[span] }} is not null
{{ "union all" if not loop.last }}
{%- endfor %}
