-- Half terms and terms end when the school's calendar says, a week on its Sunday, an academic year on 31 July.
with half_terms as (
    select
        school_urn,
        academic_year,
        half_term,
        term,
        end_date
    from {{ ref("int_half_terms") }}
),

weeks as (
    select distinct
        school_urn,
        academic_year,
        week_start
    from {{ ref("int_enrolment_weeks") }}
),

periods as (
    {%- for period_type in ["half_term", "term", "year"] %}
    {%- set year_end = "make_date(" ~ start_year("half_terms.academic_year") ~ " + 1, 7, 31)" %}
    select
        half_terms.school_urn,
        half_terms.academic_year,
        '{{ period_type }}' as period_type,
        {{ period_key(period_type, "half_terms") }} as period_key,
        max(half_terms.end_date) as last_school_day,
        {{ year_end if period_type == "year" else "max(half_terms.end_date)" }} as last_day
    from half_terms
    group by half_terms.school_urn, half_terms.academic_year, {{ period_key(period_type, "half_terms") }}
    union all
    {%- endfor %}
    select
        weeks.school_urn,
        weeks.academic_year,
        'week' as period_type,
        {{ period_key("week", "weeks") }} as period_key,
        weeks.week_start + 4 as last_school_day,
        weeks.week_start + 6 as last_day
    from weeks
)

select
    periods.school_urn,
    periods.academic_year,
    periods.period_type,
    periods.period_key,
    periods.last_school_day,
    least(periods.last_day, trust.as_of) as last_day,
    periods.last_day <= trust.as_of as is_complete
from periods
cross join {{ ref("stg_trust") }} as trust
