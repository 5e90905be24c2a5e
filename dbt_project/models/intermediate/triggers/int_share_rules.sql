-- A share of the year is judged by the values in force at its start.
select
    years.academic_year,
    {{ rule_values(
        ["minimum_possible_sessions", "formal_meeting_attendance_percent", "at_risk_low_percent", "at_risk_high_percent",
         "leave_unauthorised_sessions", "leave_authorised_percent", "performance_minimum_percent",
         "performance_leave_days", "declining_weeks", "declining_percentage_points", "briefing_low_percent",
         "briefing_high_percent", "briefing_weeks"], "years.academic_year", kind="academic_year"
    ) }}
from (select distinct academic_year from {{ ref("int_enrolment_years") }}) as years
