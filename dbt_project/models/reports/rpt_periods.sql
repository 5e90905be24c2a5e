with keys as (
    select distinct
        academic_year,
        period_type,
        period_key
    from {{ ref("fct_cohorts") }}
    where cohort_dimension = 'all'
),

half_terms as (
    select
        half_term.academic_year,
        half_term.half_term,
        names.term,
        coalesce(any_value(names.display_name), 'no name') as half_term_name,
        min(half_term.start_date) as start_date,
        max(half_term.end_date) as end_date
    from {{ ref("dim_half_term") }} as half_term
    left join {{ ref("half_terms") }} as names on half_term.half_term = names.half_term
    group by half_term.academic_year, half_term.half_term, names.term
),

calendar as (
    select
        'half_term' as period_type,
        academic_year,
        academic_year || ' ' || half_term as period_key,
        half_term,
        term,
        academic_year || ' half term ' || substr(half_term, 3) || ' (' || half_term_name || ')' as label,
        academic_year || ' ' || half_term as short_label,
        start_date,
        end_date
    from half_terms
    union all
    select
        'term' as period_type,
        academic_year,
        academic_year || ' ' || term as period_key,
        null as half_term,
        term,
        academic_year || ' ' || term || ' term' as label,
        academic_year || ' ' || term as short_label,
        min(start_date) as start_date,
        max(end_date) as end_date
    from half_terms
    group by academic_year, term
    union all
    select
        'year' as period_type,
        academic_year,
        academic_year as period_key,
        null as half_term,
        null as term,
        academic_year as label,
        academic_year as short_label,
        min(start_date) as start_date,
        max(end_date) as end_date
    from half_terms
    group by academic_year
    union all
    select
        'week',
        keys.academic_year,
        keys.period_key,
        half_terms.half_term,
        half_terms.term,
        strftime(cast(keys.period_key as date), 'Week of %-d %B %Y'),
        strftime(cast(keys.period_key as date), '%-d %b %Y'),
        cast(keys.period_key as date),
        cast(keys.period_key as date) + 4
    from keys
    left join half_terms
        on keys.academic_year = half_terms.academic_year
        -- The Friday lies in the half term, or the term broke up earlier in that week.
        and cast(keys.period_key as date) between half_terms.start_date - 6 and half_terms.end_date
    where keys.period_type = 'week'
    qualify row_number() over (partition by keys.period_key order by half_terms.start_date) = 1
),

ordered as (
    select
        calendar.*,
        row_number() over periods as period_order,
        lag(calendar.period_key) over periods as previous_period_key,
        lag(calendar.short_label) over periods as previous_label,
        row_number() over (partition by calendar.period_type order by calendar.start_date desc) = 1 as is_latest
    from calendar
    inner join keys on calendar.period_type = keys.period_type and calendar.period_key = keys.period_key
    window periods as (partition by calendar.period_type order by calendar.start_date)
)

select
    this.period_type,
    this.period_key,
    this.academic_year,
    this.half_term,
    this.term,
    this.label,
    this.short_label,
    cast(this.period_order as integer) as period_order,
    this.start_date,
    this.end_date,
    least(this.end_date, trust.as_of) as figures_to,
    this.end_date > trust.as_of as is_running,
    this.is_latest,
    this.is_latest and this.period_type = 'year' as is_default,
    this.previous_period_key,
    this.previous_label,
    last_year.period_key as last_year_period_key,
    last_year.short_label as last_year_label
from ordered as this
cross join {{ ref("stg_trust") }} as trust
left join ordered as last_year
    on
        this.period_type = last_year.period_type
        and case
            when this.period_type = 'week' then this.start_date - 364 = last_year.start_date
            else
                {{ start_year("this.academic_year") }} - 1 = {{ start_year("last_year.academic_year") }}
                and this.half_term is not distinct from last_year.half_term
                and this.term is not distinct from last_year.term
        end
