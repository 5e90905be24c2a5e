{#- A week's attendance by group, and how many of the group are persistently absent in the year to date at its end. -#}
with standing as (
    select
        enrolment.*,
        week.is_persistently_absent as is_persistently_absent_to_date,
        week.possible_sessions > 0 as counts_to_date
    from {{ ref("fct_pupil_weeks") }} as week
    inner join {{ ref("int_pupils") }} as pupil on week.pupil_key = pupil.pupil_key
    left join {{ ref("int_enrolment_periods") }} as enrolment
        on
            pupil.pupil_id = enrolment.pupil_id
            and week.school_urn = enrolment.school_urn
            and enrolment.period_type = 'week'
            and cast(week.week_start as varchar) = enrolment.period_key
    where week.academic_year = {{ running_year(ref("int_running_year")) }}
),

persistent as (
    {%- for dimension in cohort_dimensions() if dimension.has_pupil_counts %}
    {%- set column = dimension.pupil_column %}
    select
        school_urn,
        period_key,
        '{{ dimension.cohort_dimension }}' as cohort_dimension,
        {{ "coalesce(" ~ column ~ ", 'unknown')" if column else "'all'" }} as cohort,
        cast(count(*) filter (where counts_to_date) as integer) as pupils,
        cast(count(*) filter (where is_persistently_absent_to_date) as integer) as persistently_absent_pupils
    from standing
    group by all
    {{ "union all" if not loop.last }}
    {%- endfor %}
),

weekly as (
    select
        figures.*,
        persistent.pupils as pupils_to_date,
        persistent.persistently_absent_pupils as persistent_to_date,
        {{ percent("persistent.persistently_absent_pupils", "persistent.pupils") }} as persistent_percent_to_date
    from {{ ref("fct_cohorts") }} as figures
    left join persistent
        on
            figures.school_urn = persistent.school_urn
            and figures.period_key = persistent.period_key
            and figures.cohort_dimension = persistent.cohort_dimension
            and figures.cohort = persistent.cohort
    where
        figures.period_type = 'week'
        and figures.population = 'all'
        and figures.academic_year = {{ running_year(ref("int_running_year")) }}
)

select
    school.slug,
    this.academic_year,
    this.period_key,
    period.period_order,
    {{ cohort_labels("this") }},
    coalesce(cohort_name.is_rest, false) as is_rest,
    this.pupils,
    {{ columns_of("this", session_sums() | reject("equalto", "quarantined_sessions") | list) }},
    this.absent_sessions / 2.0 as days_absent,
    this.attendance_percent,
    this.attendance_percent - before.attendance_percent as attendance_change_previous,
    this.late_percent,
    this.pupils_to_date,
    this.persistent_to_date as persistently_absent_pupils,
    this.persistent_percent_to_date as persistent_absence_percent,
    this.persistent_percent_to_date - before.persistent_percent_to_date as persistent_absence_change_previous
from weekly as this
inner join {{ ref("dim_school") }} as school on this.school_urn = school.school_urn
inner join {{ ref("rpt_periods") }} as period
    on this.period_type = period.period_type and this.period_key = period.period_key
left join weekly as before
    on
        this.school_urn = before.school_urn
        and period.previous_period_key = before.period_key
        and this.cohort_dimension = before.cohort_dimension
        and this.cohort = before.cohort
{{ cohort_label_joins("this") }}
