{#-
    The rows of a seed as dictionaries, in the order of a column, so that a model can be written from reference data:
    a dimension added to the seed is a dimension in the warehouse. Empty while parsing, and before the seed is loaded.
-#}
{%- macro seed_rows(seed, order_by) -%}
    {%- set rows = [] -%}
    {%- if execute and load_relation(seed) -%}
        {%- set found = run_query("select * from " ~ seed ~ " order by " ~ order_by) -%}
        {%- for row in found.rows -%}{%- do rows.append(row.dict()) -%}{%- endfor -%}
    {%- endif -%}
    {{ return(rows) }}
{%- endmacro -%}

{#-
    The rows of cohort_dimensions, and those of measures. Before the seeds are loaded (parsing, linting) a sample row or
    two keeps the SQL whole. Unit tests override both.
-#}
{%- macro cohort_dimensions() -%}
    {{ return(seed_rows(ref("cohort_dimensions"), "dimension_order") or [
        {"cohort_dimension": "all", "pupil_column": none, "has_pupil_counts": true},
        {"cohort_dimension": "year_group", "pupil_column": "year_group", "has_pupil_counts": true},
        {"cohort_dimension": "session", "pupil_column": none, "has_pupil_counts": false},
    ]) }}
{%- endmacro -%}

{%- macro measures() -%}
    {{ return(seed_rows(ref("measures"), "measure_order") or [
        {"measure": "attendance", "numerator_column": "attended_sessions", "denominator_column": "possible_sessions",
         "percent_column": "attendance_percent", "daily_column": "overall_attendance"},
    ]) }}
{%- endmacro -%}

{#- The columns of dim_pupil that pupils are grouped by, without year group, which every table has anyway. -#}
{%- macro characteristic_columns() -%}
    {{ return(cohort_dimensions() | map(attribute="pupil_column") | select | reject("equalto", "year_group") | list) }}
{%- endmacro -%}
