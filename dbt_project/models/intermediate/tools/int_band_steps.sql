-- A pupil without a possible session yet has no band and counts as not there. The step out of a last period keeps the
-- year group and has no band at its end.
{%- set keys = [
    "pupil_id", "school_urn", "academic_year", "period_type", "is_compulsory_school_age", "year_group"
] %}
with sums as (
    {%- for basis, model in [("year_to_date", "int_year_to_date"), ("period", "int_half_term_steps")] %}
    select
        '{{ basis }}' as basis,
        {{ keys | join(", ") }},
        period_order,
        true as is_on_roll,
        possible_sessions,
        absent_sessions,
        previous_possible_sessions,
        previous_absent_sessions
    from {{ ref(model) }}
    union all
    select
        '{{ basis }}',
        {{ keys | join(", ") }},
        period_order + 1,
        false,
        null,
        null,
        possible_sessions,
        absent_sessions
    from {{ ref(model) }}
    where is_last
    {{ "union all" if not loop.last }}
    {%- endfor %}
)

select
    {{ columns_of("sums", keys) }},
    sums.basis,
    sums.period_order,
    sums.is_on_roll,
    sums.possible_sessions,
    sums.absent_sessions,
    period.period_key,
    period.previous_period_key,
    period.is_latest,
    after.absence_band,
    after.band_order,
    after.is_persistently_absent,
    after.next_better_band,
    after.sessions_to_next_band,
    before.absence_band as previous_absence_band,
    before.band_order as previous_band_order,
    before.is_persistently_absent as previous_is_persistently_absent
from sums
inner join {{ ref("int_year_periods") }} as period
    on
        sums.school_urn = period.school_urn
        and sums.academic_year = period.academic_year
        and sums.period_type = period.period_type
        and sums.period_order = period.period_order
left join {{ ref("int_absence_standings") }} as after
    on
        sums.academic_year = after.academic_year
        and sums.possible_sessions = after.possible_sessions
        and sums.absent_sessions = after.absent_sessions
left join {{ ref("int_absence_standings") }} as before
    on
        sums.academic_year = before.academic_year
        and sums.previous_possible_sessions = before.possible_sessions
        and sums.previous_absent_sessions = before.absent_sessions
