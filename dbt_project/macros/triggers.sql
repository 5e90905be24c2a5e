{#- The half-days of the calendar as whole numbers: morning before afternoon, days in order. -#}
{%- macro session_number(date, session) -%}
    cast(2 * date_diff('day', date '1970-01-01', {{ date }}) + case when {{ session }} = 'PM' then 1 else 0 end as integer)
{%- endmacro -%}

{#- A session as people write it in a list: `2025-09-08 AM`. -#}
{%- macro session_label(relation) -%}
    cast({{ relation }}.session_date as varchar) || ' ' || {{ relation }}.session
{%- endmacro -%}

{#- The sessions of a group of rows in order, as `2025-09-08 AM; 2025-09-08 PM`, and their codes. -#}
{%- macro session_list(relation, condition="true") -%}
    string_agg({{ session_label(relation) }}, '; ' order by {{ relation }}.session_no) filter (where {{ condition }})
{%- endmacro -%}

{%- macro code_list(relation, condition="true") -%}
    string_agg(distinct {{ relation }}.code, ', ' order by {{ relation }}.code) filter (where {{ condition }})
{%- endmacro -%}

{#-
    True when a count of sessions meets a rule: its unit may be sessions, or days of so many sessions, and the rule may ask
    for more than its value. Whole numbers against an exact decimal.
-#}
{%- macro meets_rule(sessions, step, rule) -%}
    case {{ step }}.comparison
        when 'more_than' then {{ sessions }} > cast({{ rule }}.value as decimal(9, 4)) * {{ step }}.sessions_per_unit
        else {{ sessions }} >= cast({{ rule }}.value as decimal(9, 4)) * {{ step }}.sessions_per_unit
    end
{%- endmacro -%}

{#- Rules in force on a date, as a join of dim_rule. -#}
{%- macro in_force(rule, rule_name, date) -%}
    {{ rule }}.rule_name = {{ rule_name }}
    and {{ rule }}.valid_from <= {{ date }}
    and ({{ rule }}.valid_to is null or {{ rule }}.valid_to >= {{ date }})
{%- endmacro -%}

{#- Rules about an unbroken run: which sessions count, and the count of sessions in which a run must have no gap. -#}
{%- macro run_rules() -%}
    {{ return({
        "attendance_return": ("counts_for_attendance_return", "possible_no"),
        "ground_i_review": ("counts_for_ground_i", "mark_no"),
        "suspension_over_five_days": ("counts_for_suspension", "possible_no"),
        "absent_over_three_days_running": ("is_absent", "possible_no"),
    }) }}
{%- endmacro -%}

{#- Rules about a total: which sessions count, over which span of time, and whether days or sessions are counted. -#}
{%- macro total_rules() -%}
    {{ return({
        "sickness_return": ("counts_for_sickness_return", "year", "days"),
        "sickness_return_warning": ("counts_for_sickness_return", "year", "days"),
        "absent_over_ten_days_in_term": ("is_absent", "term", "sessions"),
        "unauthorised_ten_days_in_term": ("is_unauthorised_absence", "term", "sessions"),
    }) }}
{%- endmacro -%}

{#- The columns in which every family of triggers hands its rows over. -#}
{%- macro trigger_columns() -%}
    {{ return([
        "pupil_id", "school_urn", "rule_id", "ground", "triggered_on", "first_session_date", "last_session_date",
        "sessions", "possible_sessions", "value", "latest_value", "threshold", "is_open", "due_on", "codes",
        "evidence_sessions",
    ]) }}
{%- endmacro -%}

{#- A number for a sentence: one decimal place, half up, none where it is whole. -#}
{%- macro shown_number(value) -%}
    replace(cast(cast(round(cast({{ value }} as decimal(28, 10)), 1) as decimal(28, 1)) as varchar), '.0', '')
{%- endmacro -%}

{#- A day for a sentence: `8 September 2025`. -#}
{%- macro shown_date(date) -%}
    strftime({{ date }}, '%-d %B %Y')
{%- endmacro -%}

{#-
    Rules about the year to date: which rule and ground each belongs to, when it holds, the absences that count, and its
    measure. `s` is a relation with the sums of the year to date, `r` int_share_rules.
-#}
{%- macro shares(s, r) -%}
    {%- set enough = s ~ ".possible_sessions >= " ~ r ~ ".minimum_possible_sessions" -%}
    {%- set possible = s ~ ".possible_sessions" -%}
    {%- set with_leave = "(" ~ possible ~ " + 2 * cast(" ~ r ~ ".performance_leave_days as decimal(9, 4)))" -%}
    {{ return({
        "formal_meeting": {
            "rule_id": "formal_meeting", "ground": "rule", "counted": "absent_sessions", "flag": "is_absent",
            "threshold": r ~ ".formal_meeting_attendance_percent",
            "value": percent(s ~ ".attended_sessions", possible),
            "holds": enough ~ " and not " ~ at_least_percent(
                s ~ ".attended_sessions", possible, r ~ ".formal_meeting_attendance_percent"
            ),
        },
        "at_risk": {
            "rule_id": "at_risk", "ground": "rule", "counted": "absent_sessions", "flag": "is_absent",
            "threshold": r ~ ".at_risk_low_percent",
            "value": percent(s ~ ".absent_sessions", possible),
            "holds": enough ~ " and " ~ at_least_percent(
                s ~ ".absent_sessions", possible, r ~ ".at_risk_low_percent"
            ) ~ " and not " ~ at_least_percent(s ~ ".absent_sessions", possible, r ~ ".at_risk_high_percent"),
        },
        "leave_unauthorised": {
            "rule_id": "leave_refusal", "ground": "unauthorised", "counted": "unauthorised_sessions",
            "flag": "is_unauthorised_absence",
            "threshold": r ~ ".leave_unauthorised_sessions",
            "value": "cast(" ~ s ~ ".unauthorised_sessions as double)",
            "holds": s ~ ".unauthorised_sessions > " ~ r ~ ".leave_unauthorised_sessions",
        },
        "leave_authorised": {
            "rule_id": "leave_refusal", "ground": "authorised", "counted": "authorised_sessions",
            "flag": "is_authorised_absence",
            "threshold": r ~ ".leave_authorised_percent",
            "value": percent(s ~ ".authorised_sessions", possible),
            "holds": "100 * " ~ s ~ ".authorised_sessions > cast(" ~ r ~ ".leave_authorised_percent as decimal(9, 4)) * "
                ~ possible,
        },
        "performance_leave": {
            "rule_id": "performance_leave_floor", "ground": "rule", "counted": "absent_sessions", "flag": "is_absent",
            "threshold": r ~ ".performance_minimum_percent",
            "value": percent(s ~ ".attended_sessions", with_leave),
            "holds": "not " ~ at_least_percent(s ~ ".attended_sessions", with_leave, r ~ ".performance_minimum_percent"),
        },
    }) }}
{%- endmacro -%}

{#- The sums of the year to date that shares are made of. -#}
{%- macro share_sums() -%}
    {{ return([
        "possible_sessions", "attended_sessions", "absent_sessions", "authorised_sessions", "unauthorised_sessions",
    ]) }}
{%- endmacro -%}

{#- One day, or the first and the last of several. -#}
{%- macro shown_span(first, last) -%}
    case
        when {{ first }} = {{ last }} then 'on ' || {{ shown_date(first) }}
        else 'from ' || {{ shown_date(first) }} || ' to ' || {{ shown_date(last) }}
    end
{%- endmacro -%}

{#- A sentence with its {placeholders} filled in. -#}
{%- macro filled_in(sentence, words) -%}
    {%- set ns = namespace(sql=sentence) -%}
    {%- for name, word in words.items() -%}
        {%- set ns.sql = "replace(" ~ ns.sql ~ ", '{" ~ name ~ "}', " ~ word ~ ")" -%}
    {%- endfor -%}
    {{ ns.sql }}
{%- endmacro -%}

{#- True when a share of absence lies within the briefing's limits, both included. `rules` is int_share_rules. -#}
{%- macro in_briefing(part, whole) -%}
    {{ whole }} > 0
    and {{ at_least_percent(part, whole, "rules.briefing_low_percent") }}
    and 100 * {{ part }} <= cast(rules.briefing_high_percent as decimal(9, 4)) * {{ whole }}
{%- endmacro -%}

{#-
    By share: whether its condition can fail at some session of a week at whose end it holds, whatever the order of the
    week's sessions. `w` has the sums before the week and within it.
-#}
{%- macro shares_that_may_fail(w, r) -%}
    {%- set before, week = w ~ ".before_", w ~ ".week_" -%}
    {%- set too_few = before ~ "possible_sessions < " ~ r ~ ".minimum_possible_sessions" -%}
    {%- set attended = "(" ~ before ~ "attended_sessions + " ~ week ~ "attended_sessions)" -%}
    {%- set if_attended_first = "(" ~ before ~ "possible_sessions + " ~ week ~ "attended_sessions)" -%}
    {%- set absent = "(" ~ before ~ "absent_sessions + " ~ week ~ "absent_sessions)" -%}
    {%- set if_absent_first = "(" ~ before ~ "possible_sessions + " ~ week ~ "absent_sessions)" -%}
    {%- set with_leave = "(" ~ if_attended_first ~ " + 2 * cast(" ~ r ~ ".performance_leave_days as decimal(9, 4)))" -%}
    {{ return({
        "formal_meeting": too_few ~ " or " ~ at_least_percent(
            attended, if_attended_first, r ~ ".formal_meeting_attendance_percent"
        ),
        "at_risk": too_few
            ~ " or not " ~ at_least_percent(before ~ "absent_sessions", if_attended_first, r ~ ".at_risk_low_percent")
            ~ " or " ~ at_least_percent(absent, if_absent_first, r ~ ".at_risk_high_percent"),
        "leave_unauthorised": "false",
        "leave_authorised": "100 * " ~ before ~ "authorised_sessions <= cast(" ~ r
            ~ ".leave_authorised_percent as decimal(9, 4)) * (" ~ before ~ "possible_sessions + " ~ week
            ~ "possible_sessions - " ~ week ~ "authorised_sessions)",
        "performance_leave": at_least_percent(attended, with_leave, r ~ ".performance_minimum_percent"),
    }) }}
{%- endmacro -%}
