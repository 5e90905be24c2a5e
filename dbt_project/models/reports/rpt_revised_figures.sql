-- For readers outside the school: the percentages of sessions as they were shown and as they are shown now, and the
-- cause that did most, if it is about enough sessions. The split and counts of pupils are in rpt_restatements, for the
-- school alone.
with minimum as (
    select rule.value as pupils
    from {{ ref("dim_rule") }} as rule
    cross join {{ ref("stg_trust") }} as trust
    where
        rule.rule_name = 'suppression_minimum_pupils'
        and rule.valid_from <= trust.as_of
        and (rule.valid_to is null or rule.valid_to >= trust.as_of)
),

revised as (
    select
        figure.school_urn,
        figure.period_type,
        figure.period_key,
        figure.measure,
        any_value(figure.measure_label) as measure_label,
        any_value(figure.measure_order) as measure_order,
        any_value(figure.published_as_of) as published_as_of,
        any_value(round(figure.published_percent, 1)) as published_percent,
        any_value(round(figure.now_percent, 1)) as now_percent,
        arg_max(figure.cause_label, abs(figure.percentage_points_change)) filter (
            where greatest(abs(figure.numerator_change), abs(figure.denominator_change)) >= minimum.pupils
        ) as main_cause
    from {{ ref("int_revised_figures") }} as figure
    inner join {{ ref("fct_published_figures") }} as published
        on
            {{ same("figure", "published", cell_keys()) }}
            and figure.published_in = published.release_id
    cross join minimum
    where figure.is_about_sessions and published.pupils >= minimum.pupils
    group by figure.school_urn, figure.period_type, figure.period_key, figure.measure
)

select
    {{ place_columns("place") }},
    period.academic_year,
    revised.period_type,
    revised.period_key,
    period.short_label as period_label,
    period.period_order,
    period.start_date,
    revised.measure,
    revised.measure_label,
    revised.measure_order,
    strftime(revised.published_as_of, '%-d %B %Y') as published_as_of_label,
    revised.published_percent,
    revised.now_percent,
    round(revised.now_percent - revised.published_percent, 1) as change_percentage_points,
    coalesce(revised.main_cause, 'Several small corrections') as main_cause,
    false as is_suppressed
from revised
inner join {{ ref("int_place_schools") }} as place
    on revised.school_urn = place.school_urn and place.place_type = 'school'
inner join {{ ref("rpt_periods") }} as period
    on revised.period_type = period.period_type and revised.period_key = period.period_key
where revised.published_percent <> revised.now_percent
