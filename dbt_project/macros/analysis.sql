{#- What is analysed by every group of pupils: additive columns of int_measure_periods. -#}
{%- macro analysis_sums() -%}
    {{ return([
        "possible_sessions", "authorised_sessions", "unauthorised_sessions", "truancy_sessions", "late_sessions",
    ]) }}
{%- endmacro -%}

{#-
    The groups, as pairs of dimension and column (none for all pupils): those of cohort_dimensions, and what the pupils
    are in the period itself.
-#}
{%- macro analysis_dimensions() -%}
    {%- set dimensions = [] -%}
    {%- for dimension in cohort_dimensions() if dimension.has_pupil_counts -%}
        {%- do dimensions.append((dimension.cohort_dimension, dimension.pupil_column)) -%}
    {%- endfor -%}
    {{ return(dimensions + [("at_risk", "at_risk"), ("persistence", "persistence")]) }}
{%- endmacro -%}
