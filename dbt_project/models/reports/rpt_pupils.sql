-- Where each pupil stands in the running year, and the one step that comes next (rules W1 and W2).
with newest_weeks as (
    select
        school_urn,
        max(period_key) as period_key
    from {{ ref("fct_bands") }}
    where period_type = 'week' and academic_year = {{ running_year(ref("int_running_year")) }}
    group by school_urn
),

on_roll as (
    select
        week.pupil_key,
        week.school_urn
    from {{ ref("fct_bands") }} as week
    inner join newest_weeks as newest
        on week.period_type = 'week' and week.school_urn = newest.school_urn and week.period_key = newest.period_key
),

details as (
    select *
    from {{ ref("dim_pupil") }}
    where counts_from is not null
    qualify row_number() over (partition by pupil_key, school_urn order by valid_from desc) = 1
),

reasons as (
    select
        pupil_key,
        slug,
        array_to_string(list_slice(list(
            lower(description) || ' ' || printf('%g', days) order by sessions desc, code_order asc
        ), 1, 3), ', ') as main_reasons
    from {{ ref("rpt_pupil_codes") }}
    where is_absent
    group by pupil_key, slug
),

open_rules as (
    select
        pupil_key,
        slug,
        cast(count(*) as integer) as open_rules
    from {{ ref("rpt_pupil_rules") }}
    where is_open
    group by pupil_key, slug
)

select
    year.pupil_key,
    year.slug,
    on_roll.pupil_key is not null as is_on_roll,
    year.year_group,
    year.year_group_label,
    year.year_group_order,
    coalesce(details.form, 'Not known') as form,
    {{ columns_of("year", session_sums() | reject("equalto", "quarantined_sessions") | list) }},
    year.attendance_percent,
    year.overall_absence_percent,
    year.days_absent,
    year.absence_band,
    year.band_label,
    year.band_order,
    year.band_status_label,
    standing.is_persistently_absent,
    standing.is_at_risk,
    standing.is_listed,
    standing.has_minimum_sessions,
    standing.sessions_before_persistent,
    standing.sessions_before_persistent_this_year,
    standing.sessions_to_recover,
    standing.can_recover_this_year,
    standing.remaining_sessions,
    half_term_moved.display_name as movement_half_term_label,
    week_moved.display_name as movement_week_label,
    coalesce(briefing.is_declining, false) as is_declining,
    briefing.four_weeks_absence_percent,
    late.late_before_close_sessions,
    late.late_after_close_sessions,
    case when late.minutes_known_sessions > 0 then late.minutes_late end as minutes_late,
    coalesce(late.is_persistently_late, false) as is_persistently_late,
    reasons.main_reasons,
    coalesce(open_rules.open_rules, 0) as open_rules,
    step.rule_id,
    step.rule_label,
    step.next_step,
    step.owner,
    step.priority,
    coalesce(step.is_on_request, false) as is_on_request,
    step.since,
    step.evidence
from {{ ref("rpt_pupil_periods") }} as year
inner join {{ ref("dim_school") }} as school on year.slug = school.slug
left join on_roll on year.pupil_key = on_roll.pupil_key and school.school_urn = on_roll.school_urn
left join details on year.pupil_key = details.pupil_key and school.school_urn = details.school_urn
{%- for name, model in {"standing": "fct_persistent_absence", "briefing": "fct_briefing"}.items() %}
left join {{ ref(model) }} as {{ name }}
    on
        year.pupil_key = {{ name }}.pupil_key
        and school.school_urn = {{ name }}.school_urn
        and year.academic_year = {{ name }}.academic_year
{%- endfor %}
left join {{ ref("fct_pupil_analysis") }} as late
    on
        year.pupil_key = late.pupil_key
        and school.school_urn = late.school_urn
        and late.period_type = 'year'
        and year.period_key = late.period_key
left join {{ ref("pupil_movements") }} as half_term_moved
    on standing.movement_since_last_half_term = half_term_moved.movement
left join {{ ref("pupil_movements") }} as week_moved on standing.movement_since_last_week = week_moved.movement
left join reasons on year.pupil_key = reasons.pupil_key and year.slug = reasons.slug
left join open_rules on year.pupil_key = open_rules.pupil_key and year.slug = open_rules.slug
left join {{ ref("rpt_pupil_rules") }} as step
    on year.pupil_key = step.pupil_key and year.slug = step.slug and step.is_next_step
where year.period_type = 'year' and year.academic_year = {{ running_year(ref("int_running_year")) }}
