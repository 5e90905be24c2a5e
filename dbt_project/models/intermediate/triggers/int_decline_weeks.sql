-- The last weeks are the school's, by its numbering, and those of the academic year alone.
with weeks as (
    select
        share.pupil_id,
        share.school_urn,
        share.academic_year,
        share.week_start,
        school_week.week_no,
        share.week_possible_sessions,
        share.week_absent_sessions,
        share.possible_sessions,
        share.absent_sessions,
        rules.minimum_possible_sessions,
        rules.declining_percentage_points,
        cast(rules.declining_weeks as integer) - 1 as declining_weeks_before,
        cast(rules.briefing_weeks as integer) - 1 as briefing_weeks_before
    from {{ ref("int_share_weeks") }} as share
    left join {{ ref("int_school_weeks") }} as school_week
        on share.school_urn = school_week.school_urn and share.week_start = school_week.week_start
    left join {{ ref("int_share_rules") }} as rules on share.academic_year = rules.academic_year
),

recent as (
    select
        {%- for span in ["declining", "briefing"] %}
        {%- for sum in ["possible", "absent"] %}
        cast(sum(week_{{ sum }}_sessions) over (
            partition by pupil_id, school_urn, academic_year order by week_no
            range between {{ span }}_weeks_before preceding and current row -- noqa: PRS
        ) as integer) as {{ span }}_{{ sum }}_sessions,
        {%- endfor %}
        {%- endfor %}
        *
    from weeks
)

select
    pupil_id,
    school_urn,
    academic_year,
    week_start,
    week_no,
    possible_sessions,
    absent_sessions,
    declining_possible_sessions,
    declining_absent_sessions,
    briefing_possible_sessions,
    briefing_absent_sessions,
    declining_percentage_points as threshold,
    -- the difference of two shares over their common denominator, so that there is one division
    {{ percent(
        "declining_absent_sessions * possible_sessions - absent_sessions * declining_possible_sessions",
        "declining_possible_sessions * possible_sessions"
    ) }} as rise,
    possible_sessions >= minimum_possible_sessions and {{ at_least_percent(
        "(declining_absent_sessions * possible_sessions - absent_sessions * declining_possible_sessions)",
        "(declining_possible_sessions * possible_sessions)", "declining_percentage_points"
    ) }} as is_declining
from recent
