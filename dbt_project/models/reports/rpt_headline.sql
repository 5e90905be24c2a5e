{%- set measures = session_measures() -%}
with sums as (
    select
        {{ place_columns("place") }},
        cohort.population,
        cohort.academic_year,
        cohort.period_type,
        cohort.period_key,
        {%- for column in cohort_sums() %}
        cast(sum(cohort.{{ column }}) as bigint) as {{ column }},
        {%- endfor %}
        cast(count(*) as integer) as schools
    from {{ ref("fct_cohorts") }} as cohort
    inner join {{ ref("int_place_schools") }} as place on cohort.school_urn = place.school_urn
    where cohort.cohort_dimension = 'all'
    group by all
),

figures as (
    select
        sums.* replace (
            case when sums.period_type != 'week' then sums.persistently_absent_pupils end as persistently_absent_pupils,
            case when sums.period_type != 'week' then sums.severely_absent_pupils end as severely_absent_pupils
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
        case
            when period.is_running
                then 'Still running: figures to ' || strftime(period.figures_to, '%-d %B %Y') || ' beside whole periods'
        end as comparison_note
    from sums
    inner join {{ ref("rpt_periods") }} as period
        on sums.period_type = period.period_type and sums.period_key = period.period_key
    left join {{ ref("int_place_registers") }} as marks
        on
            sums.place_type = marks.place_type
            and sums.place_key = marks.place_key
            and sums.period_type = marks.period_type
            and if(sums.population = 'all', sums.period_key, null) = marks.period_key
),

ranked as (
    select
        *,
        {%- for measure, order in {"attendance": "desc", "unauthorised_absence": "asc"}.items() %}
        case
            when place_type = 'school' and possible_sessions > 0
                then cast(rank() over (rivals order by {{ measure }}_percent {{ order }} nulls last) as integer)
        end as {{ measure }}_rank,
        {%- endfor %}
        case
            when place_type = 'school'
                then cast(count(*) filter (where possible_sessions > 0) over rivals as integer)
        end as schools_in_phase
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
left join ranked as previous
    on
        this.place_type = previous.place_type
        and this.place_key = previous.place_key
        and this.population = previous.population
        and this.period_type = previous.period_type
        and this.previous_period_key = previous.period_key
left join ranked as last_year
    on
        this.place_type = last_year.place_type
        and this.place_key = last_year.place_key
        and this.population = last_year.population
        and this.period_type = last_year.period_type
        and this.last_year_period_key = last_year.period_key
