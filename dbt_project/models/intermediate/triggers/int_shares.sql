-- The stretch begins after the last week at whose end the condition did not hold, so in the first week after it at the
-- earliest; before that nothing needs to be looked at session by session.
with last_weeks as (
    select
        pupil_id,
        school_urn,
        academic_year,
        {%- for name in shares("s", "r") %}
        arg_max(holds_{{ name }}, week_start) as holds_{{ name }},
        max(next_week_start) filter (where not holds_{{ name }}) as next_week_{{ name }},
        {%- endfor %}
        min(week_start) as first_week,
        max(week_start) as last_week
    from {{ ref("int_share_weeks") }}
    group by pupil_id, school_urn, academic_year
)

{% for name in shares("s", "r") %}
select
    last_weeks.pupil_id,
    last_weeks.school_urn,
    last_weeks.academic_year,
    '{{ name }}' as share,
    coalesce(last_weeks.next_week_{{ name }}, last_weeks.first_week) as first_week,
    last_weeks.last_week
from last_weeks
where last_weeks.holds_{{ name }}
{{ "union all" if not loop.last }}
{%- endfor %}
