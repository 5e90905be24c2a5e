-- Causes are taken one after another. Sums change by each cause's sessions; groups change at `characteristics`; until
-- the last step thresholds are the previous release's, and the last one leads to what is published now, whatever is
-- left.
{%- set keys = ["school_urn", "academic_year", "pupil_key", "period_type", "period_key"] %}
with steps as (
    select
        cause,
        cause_order,
        cause_order >= max(cause_order) filter (where cause = 'characteristics') over () as is_regrouped,
        cause_order = max(cause_order) over () as is_last
    from {{ ref("restatement_causes") }}
    where applies_to = 'figures'
    union all
    select
        'published' as cause,
        0 as cause_order,
        false as is_regrouped,
        false as is_last
),

thresholds as (
    select
        years.academic_year,
        {{ previous_rule_values(
            ["persistent_absence_percent", "severe_absence_percent", "compulsory_age_min", "compulsory_age_max"],
            "years.academic_year"
        ) }}
    from (select distinct academic_year from {{ ref("int_enrolment_changes") }}) as years
),

summed as (
    select
        change.*,
        step.cause,
        step.cause_order,
        step.is_regrouped,
        step.is_last,
        {{ each(
            session_sums(),
            "case when step.is_last then change.now_{c} else change.before_{c}"
            ~ " + cast(coalesce(sum(delta.{c}) over so_far, 0) as integer) end as {c}"
        ) }}
    from {{ ref("int_enrolment_changes") }} as change
    cross join steps as step
    left join {{ ref("int_enrolment_deltas") }} as delta
        on {{ same("change", "delta", keys) }} and step.cause = delta.cause
    window so_far as (
        partition by {{ columns_of("change", keys) }}
        order by step.cause_order
    )
)

select
    {{ columns_of("summed", keys + ["cause", "cause_order"]) }},
    case
        when summed.is_regrouped then coalesce(summed.now_characteristics_key, summed.before_characteristics_key)
        else coalesce(summed.before_characteristics_key, summed.now_characteristics_key)
    end as characteristics_key,
    case
        when not summed.is_now then summed.before_is_compulsory_school_age
        when summed.is_last or not summed.is_before then summed.now_is_compulsory_school_age
        when summed.is_regrouped
            then coalesce(summed.age between threshold.compulsory_age_min and threshold.compulsory_age_max, false)
        else summed.before_is_compulsory_school_age
    end as is_compulsory_school_age,
    cast(summed.possible_sessions > 0 as integer) as pupils,
    {%- for flag, column in [("persistently", "persistent"), ("severely", "severe")] %}
    cast(case
        when summed.is_last then coalesce(summed.now_is_{{ flag }}_absent, false)
        when summed.cause_order = 0 then coalesce(summed.before_is_{{ flag }}_absent, false)
        else summed.possible_sessions > 0 and {{ at_least_percent(
            "summed.absent_sessions", "summed.possible_sessions", "threshold." ~ column ~ "_absence_percent"
        ) }}
    end as integer) as {{ flag }}_absent_pupils,
    {%- endfor %}
    {{ columns_of("summed", session_sums()) }}
from summed
inner join thresholds as threshold on summed.academic_year = threshold.academic_year
