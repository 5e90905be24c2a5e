-- A pupil without a possible session yet has no band and counts as not there.
{%- set standing = ["absence_band", "band_order", "is_persistently_absent"] %}
with neighbours as (
    select
        *,
        coalesce(lag(period_order) over steps = period_order - 1, false) as follows,
        coalesce(lead(period_order) over steps = period_order + 1, false) as continues,
        {%- for column in standing %}
        lag({{ column }}) over steps as before_{{ column }}{{ "," if not loop.last }}
        {%- endfor %}
    from {{ ref("int_band_states") }}
    window
        steps as (
            partition by basis, pupil_id, school_urn, academic_year, period_type
            order by period_order
        )
),

steps as (
    select
        * exclude (follows, continues, {% for column in standing %}before_{{ column }}{{ ", " if not loop.last }}{% endfor %}),
        {%- for column in standing %}
        case when follows then before_{{ column }} end as previous_{{ column }},
        {%- endfor %}
        true as is_on_roll
    from neighbours
    union all by name
    -- the step out of the last period: the band is gone, the year group stays
    select
        basis,
        pupil_id,
        school_urn,
        academic_year,
        period_type,
        period_order + 1 as period_order,
        is_compulsory_school_age,
        year_group,
        {%- for column in standing %}
        {{ column }} as previous_{{ column }},
        {%- endfor %}
        false as is_on_roll
    from neighbours
    where not continues
)

select
    steps.*,
    period.period_key,
    period.previous_period_key,
    period.is_latest
from steps
inner join {{ ref("int_year_periods") }} as period
    on
        steps.school_urn = period.school_urn
        and steps.academic_year = period.academic_year
        and steps.period_type = period.period_type
        and steps.period_order = period.period_order
