-- Half terms have consecutive numbers across academic years; a longer period has that of its last one begun.
with numbered as (
    select
        half_term.school_urn,
        half_term.academic_year,
        half_term.half_term,
        half_term.term,
        row_number() over (
            partition by half_term.school_urn order by half_term.academic_year, begun.period_order
        ) as half_term_number
    from {{ ref("int_half_terms") }} as half_term
    inner join {{ ref("int_year_periods") }} as begun
        on
            half_term.school_urn = begun.school_urn
            and begun.period_type = 'half_term'
            and {{ period_key("half_term", "half_term") }} = begun.period_key
),

periods as (
    {%- for period_type in period_types() if period_type != "week" %}
    select
        numbered.school_urn,
        numbered.academic_year,
        '{{ period_type }}' as period_type,
        {{ period_key(period_type, "numbered") }} as period_key,
        cast(max(numbered.half_term_number) as integer) as half_term_number
    from numbered
    group by all
    {{ "union all" if not loop.last }}
    {%- endfor %}
)

select
    *,
    {{ short_name(["school_urn", "period_type", "period_key"]) }} as period_no,
    {{ start_year("academic_year") }} > max({{ start_year("academic_year") }}) over () - {{ rule_value(
        "detail_years", "academic_year", kind="academic_year"
    ) }} as has_patterns
from periods
