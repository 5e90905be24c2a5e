-- Pupils' year groups are those of the period, so each session knows the four year groups it counts under.
with enrolment_weeks as (
    select
        weeks.pupil_id,
        weeks.school_urn,
        weeks.academic_year,
        weeks.half_term,
        weeks.week_start,
        {{ year_group_of_each_period() }},
        period_year.is_compulsory_school_age
    from {{ ref("int_enrolment_weeks") }} as weeks
    {% for period_type in period_types() -%}
    left join {{ ref("int_enrolment_periods") }} as period_{{ period_type }}
        on
            weeks.pupil_id = period_{{ period_type }}.pupil_id
            and weeks.school_urn = period_{{ period_type }}.school_urn
            and weeks.academic_year = period_{{ period_type }}.academic_year
            and period_{{ period_type }}.period_type = '{{ period_type }}'
            and {{ period_key(period_type, "weeks") }} = period_{{ period_type }}.period_key
    {% endfor %}
)

select
    session.school_urn,
    session.academic_year,
    session.half_term,
    session.term,
    session.week_start,
    session.session_date,
    session.session,
    coalesce(week.is_compulsory_school_age, false) as is_compulsory_school_age,
    {%- for period_type in period_types() %}
    week.year_group_{{ period_type }},
    {%- endfor %}
    session.code,
    cast(count(*) as integer) as sessions,
    cast(count(*) filter (where session.mark_status = 'recorded') as integer) as recorded_sessions,
    {{ count_sessions() | indent(4) }}
from {{ ref("fct_sessions") }} as session
inner join {{ ref("int_pupils") }} as pupil on session.pupil_key = pupil.pupil_key
left join enrolment_weeks as week
    on
        pupil.pupil_id = week.pupil_id
        and session.school_urn = week.school_urn
        and session.academic_year = week.academic_year
        and session.half_term is not distinct from week.half_term
        and session.week_start = week.week_start
group by all
