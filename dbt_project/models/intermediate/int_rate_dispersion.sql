{%- set measures = {} -%}
{%- for measure, (numerator, denominator) in session_measures().items() if denominator == "possible_sessions" -%}
{%- do measures.update({measure: numerator}) -%}
{%- endfor -%}
-- Squared distances of pupils from their school's rate against what single sessions would show by chance. Schools are
-- set apart first, so that how they differ is not taken for how pupils do.
with schools as (
    select
        school.phase,
        band.school_urn,
        band.academic_year,
        band.period_type,
        band.period_key,
        {%- for measure, sessions in measures.items() %}
        sum(cast(band.{{ sessions }} as double)) as {{ measure }},
        sum(cast(band.{{ sessions }} as double) * band.{{ sessions }}) as squared_{{ measure }},
        sum(cast(band.{{ sessions }} as double) * band.possible_sessions) as {{ measure }}_by_possible,
        {%- endfor %}
        sum(cast(band.possible_sessions as double)) as possible,
        sum(cast(band.possible_sessions as double) * band.possible_sessions) as squared_possible
    from {{ ref("fct_bands") }} as band
    inner join {{ ref("dim_school") }} as school on band.school_urn = school.school_urn
    where band.possible_sessions > 0
    group by all
),

spread as (
    {%- for measure in measures %}
    select
        phase,
        school_urn,
        academic_year,
        period_type,
        period_key,
        '{{ measure }}' as measure,
        squared_{{ measure }} - 2 * {{ measure }} / possible * {{ measure }}_by_possible
        + pow({{ measure }} / possible, 2) * squared_possible as scatter,
        {{ measure }} * (1 - {{ measure }} / possible) as by_chance
    from schools
    {{ "union all" if not loop.last }}
    {%- endfor %}
)

-- Added up in one order: floating point sums in another order differ in their last digit.
select
    phase,
    academic_year,
    period_type,
    period_key,
    measure,
    greatest(
        coalesce(sum(scatter order by school_urn) / nullif(sum(by_chance order by school_urn), 0), 1), 1
    ) as dispersion
from spread
group by phase, academic_year, period_type, period_key, measure
