-- What: at a school in a year, the sessions over all codes are the recorded marks, by every kind of period.
-- When it matters: a code that vanishes in a join takes its pupils with it and nobody sees the hole.
-- How to mend: look for a code in fct_sessions that lacks a row here, and for sessions without a half term.
with marks as (
    select
        school_urn,
        academic_year,
        sum(recorded_marks) as marks
    from {{ ref("fct_register_completeness") }}
    group by school_urn, academic_year
),

codes as (
    select
        school_urn,
        academic_year,
        period_type,
        sum(sessions) as sessions
    from {{ ref("fct_code_usage") }}
    group by school_urn, academic_year, period_type
)

select
    marks.school_urn,
    marks.academic_year,
    codes.period_type
from marks
left join codes on marks.school_urn = codes.school_urn and marks.academic_year = codes.academic_year
where marks.marks > 0 and codes.sessions is distinct from marks.marks
