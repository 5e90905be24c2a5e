{%- set consequences = {
    "counts_for_penalty_notice": "Penalty notice",
    "counts_for_attendance_return": "Attendance return",
    "counts_for_sickness_return": "Sickness return",
    "counts_for_ground_i": "Review of deletion",
} -%}
select
    code.code,
    code.valid_from,
    code.valid_to,
    code.description,
    code.is_current,
    code.category_label,
    code.category_order,
    code.code_order,
    code.counts_as,
    guidance.use_when,
    guidance.mind,
    replace(meaning.sessions_allowed, ';', ' or ') as sessions_allowed,
    nullif(
        concat_ws(
            ', '
            {%- for flag, words in consequences.items() %},
            case when meaning.{{ flag }} then '{{ words }}' end
            {%- endfor %}
        ),
        ''
    ) as counts_towards,
    coalesce(guidance.source, meaning.source) as source
from {{ ref("rpt_guide_codes") }} as code
left join {{ ref("dim_attendance_code") }} as meaning
    on code.code = meaning.code and code.valid_from = meaning.valid_from
left join {{ ref("code_guidance") }} as guidance
    on code.code = guidance.code and code.valid_from = guidance.valid_from
