{%- set keys = ["series", "academic_year", "time_window", "geography_level", "geography_code", "geography_name",
                "school_phase"] -%}
with published as (
    {%- for measure in measures() if measure.daily_column %}
    select
        {{ keys | join(", ") }},
        'all' as cohort_dimension,
        'all' as cohort,
        '{{ measure.measure }}' as measure,
        {% if measure.denominator_column == "possible_sessions" -%}
        -- A rate is the ratio of DfE's sums, except over all phases together, where DfE weights it.
        coalesce({{ measure.percent_column }}, {{ percent(measure.daily_column, "possible_sessions") }})
        {%- else -%}
        {{ measure.percent_column }}
        {%- endif %} as published_percent,
        as_published_to,
        source as source_file
    from {{ ref("int_daily_series") }}
    union all
    {%- endfor %}
    select
        {{ keys | join(", ") }},
        cohort_dimension,
        cohort,
        measure,
        percent as published_percent,
        null as as_published_to,
        source as source_file
    from {{ ref("dfe_census_series") }}
)

select
    published.*,
    case when published.time_window = 'year' then 'year' else 'term' end as period_type,
    case
        when published.time_window = 'year' then published.academic_year
        else published.academic_year || ' ' || published.time_window
    end as period_key,
    'DfE, ' || series.title || ': ' || published.source_file as source
from published
left join {{ ref("benchmark_series") }} as series on published.series = series.series
