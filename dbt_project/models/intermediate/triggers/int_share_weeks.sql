with weeks as (
    select
        pupil_id,
        school_urn,
        academic_year,
        {%- for column in share_sums() %}
        sum({{ column }}) as week_{{ column }},
        {%- endfor %}
        week_start
    from {{ ref("int_enrolment_weeks") }}
    group by pupil_id, school_urn, academic_year, week_start
    having sum(possible_sessions) > 0
),

to_date as (
    select
        pupil_id,
        school_urn,
        academic_year,
        lead(week_start) over enrolment_year as next_week_start,
        {%- for column in share_sums() %}
        cast(sum(week_{{ column }}) over enrolment_year as integer) as {{ column }},
        {%- endfor %}
        {%- for column in share_sums() %}
        cast(week_{{ column }} as integer) as week_{{ column }},
        {%- endfor %}
        week_start
    from weeks
    window enrolment_year as (partition by pupil_id, school_urn, academic_year order by week_start)
)

select
    {%- for name, share in shares("to_date", "rules").items() %}
    {{ share.holds }} as holds_{{ name }},
    {%- endfor %}
    to_date.*
from to_date
left join {{ ref("int_share_rules") }} as rules on to_date.academic_year = rules.academic_year
