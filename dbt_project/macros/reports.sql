{#- What every report shows, as name: (numerator, denominator). Both are sums; the division is the last step. -#}
{%- macro session_measures() -%}
    {{ return({
        "attendance": ("attended_sessions", "possible_sessions"),
        "overall_absence": ("absent_sessions", "possible_sessions"),
        "authorised_absence": ("authorised_sessions", "possible_sessions"),
        "unauthorised_absence": ("unauthorised_sessions", "possible_sessions"),
        "late": ("late_sessions", "possible_sessions"),
        "persistent_absence": ("persistently_absent_pupils", "pupils"),
        "severe_absence": ("severely_absent_pupils", "pupils"),
    }) }}
{%- endmacro -%}

{#- The additive columns of fct_cohorts. -#}
{%- macro cohort_sums() -%}
    {{ return([
        "pupils", "possible_sessions", "attended_sessions", "absent_sessions", "authorised_sessions",
        "unauthorised_sessions", "late_sessions", "missing_sessions", "persistently_absent_pupils",
        "severely_absent_pupils",
    ]) }}
{%- endmacro -%}

{#- The columns that say whose figures a row has, from a relation with the columns of int_place_schools. -#}
{%- macro place_columns(relation) -%}
    {%- for column in ["place_type", "place_key", "place_name", "slug", "phase", "phase_order", "place_order"] %}
    {{ relation }}.{{ column }}{% if not loop.last %},{% endif %}
    {%- endfor -%}
{%- endmacro -%}

{#- Periods long enough for figures about pupils: over a week one day away is a fifth of the sessions. -#}
{%- macro longer_period_types() -%}
    ('half_term', 'term', 'year')
{%- endmacro -%}

{#- Where the rows of an extract ended; `rows` is their sum. -#}
{%- macro extract_outcomes() -%}
    {{ return(["rows", "applied", "superseded", "identical_duplicate", "no_mark", "quarantined", "held"]) }}
{%- endmacro -%}

{#- A sum over everyone else in the window `peers`. -#}
{%- macro everyone_else(column) -%}
    sum({{ column }}) over peers - {{ column }}
{%- endmacro -%}

{#- The academic year that runs, as every page about pupils means it; year is int_running_year. -#}
{%- macro running_year(year) -%}
    (select running.running_year from {{ year }} as running)
{%- endmacro -%}

{#- What a group of pupils is called and where it stands in lists, for a relation with cohort_dimension and cohort;
    goes with cohort_label_joins. -#}
{%- macro cohort_labels(relation) -%}
    {{ relation }}.cohort_dimension,
    dimension.display_name as dimension_label,
    cast(dimension.dimension_order as integer) as dimension_order,
    {{ relation }}.cohort,
    coalesce(
        cohort_name.display_name, cohort_year.display_name,
        case
            when {{ relation }}.cohort = 'unknown' then 'Not known'
            when dimension.pupil_column is null then 'All pupils'
            else {{ relation }}.cohort
        end
    ) as cohort_label,
    cast(coalesce(cohort_name.cohort_order, cohort_year.year_group_order, 999) as integer) as cohort_order
{%- endmacro -%}

{%- macro cohort_label_joins(relation) -%}
    left join {{ ref("cohort_dimensions") }} as dimension
        on {{ relation }}.cohort_dimension = dimension.cohort_dimension
    left join {{ ref("cohort_names") }} as cohort_name
        on
            {{ relation }}.cohort_dimension = cohort_name.cohort_dimension
            and {{ relation }}.cohort = cohort_name.cohort
    left join {{ ref("year_groups") }} as cohort_year
        on {{ relation }}.cohort_dimension = 'year_group' and {{ relation }}.cohort = cohort_year.year_group
{%- endmacro -%}
