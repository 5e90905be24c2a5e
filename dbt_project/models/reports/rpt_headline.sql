{%- set measures = session_measures() -%}
with sums as (
    select
        {{ place_columns("place") }},
        cohort.population,
        cohort.academic_year,
        cohort.period_type,
        cohort.period_key,
        cast(count(*) as integer) as schools,
        {%- for column in cohort_sums() %}
        cast(sum(cohort.{{ column }}) as bigint) as {{ column }}{% if not loop.last %},{% endif %}
        {%- endfor %}
    from {{ ref("fct_cohorts") }} as cohort
    inner join {{ ref("int_place_schools") }} as place on cohort.school_urn = place.school_urn
    where cohort.cohort_dimension = 'all'
    group by all
),

figures as (
    select
        sums.* replace (
            case when sums.period_type != 'week' then persistently_absent_pupils end as persistently_absent_pupils,
            case when sums.period_type != 'week' then severely_absent_pupils end as severely_absent_pupils
        ),
        marks.recorded_marks,
        marks.quarantined_marks as refused_marks,
        marks.expected_marks,
        {{ percent("marks.missing_marks", "marks.expected_marks") }} as missing_marks_percent,
        {%- for measure, (numerator, denominator) in measures.items() %}
        {{ percent("sums." ~ numerator, "sums." ~ denominator) }} as {{ measure }}_percent,
        {%- endfor %}
        period.period_order,
        period.start_date,
        period.half_term,
        period.previous_period_key,
        period.last_year_period_key,
        case when period.is_running then 'Still running: figures to ' || strftime(period.figures_to, '%-d %B %Y')
            || ' beside whole periods' end as comparison_note
    from sums
    inner join {{ ref("rpt_periods") }} as period using (period_type, period_key)
    left join {{ ref("int_place_registers") }} as marks
        on sums.place_type = marks.place_type
        and sums.place_key = marks.place_key
        and sums.period_type = marks.period_type
        and sums.period_key = marks.period_key
        and sums.population = 'all'
),

ranked as (
    select
        *,
        {%- for measure, order in {"attendance": "desc", "unauthorised_absence": "asc"}.items() %}
        case when place_type = 'school' and possible_sessions > 0 then cast(
            rank() over (rivals order by {{ measure }}_percent {{ order }} nulls last) as integer
        ) end as {{ measure }}_rank,
        {%- endfor %}
        case when place_type = 'school' then cast(
            count(*) filter (where possible_sessions > 0) over rivals as integer
        ) end as schools_in_phase
    from figures
    window rivals as (partition by place_type, phase, population, period_type, period_key)
)

select
    this.*,
    {%- for measure in measures.keys() | list + ["missing_marks"] %}
    this.{{ measure }}_percent - previous.{{ measure }}_percent as {{ measure }}_change_previous,
    this.{{ measure }}_percent - last_year.{{ measure }}_percent as {{ measure }}_change_last_year,
    {%- endfor %}
    false as is_suppressed,
    false as persistent_is_suppressed,
    false as severe_is_suppressed
from ranked as this
{%- for other in ["previous", "last_year"] %}
left join ranked as {{ other }}
    on this.place_type = {{ other }}.place_type
    and this.place_key = {{ other }}.place_key
    and this.population = {{ other }}.population
    and this.period_type = {{ other }}.period_type
    and this.{{ other }}_period_key = {{ other }}.period_key
{%- endfor %}
