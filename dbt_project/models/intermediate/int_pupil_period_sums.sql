{%- set counted = session_sums() + ["double_counted_sessions"] -%}
{%- for period_type in period_types() %}
select
    weeks.pupil_id,
    weeks.academic_year,
    '{{ period_type }}' as period_type,
    {{ period_key(period_type, "weeks") }} as period_key,
    cast(count(distinct weeks.school_urn) as integer) as schools,
    {{ sums_of("weeks", counted) }}
from {{ ref("int_pupil_weeks") }} as weeks
where {{ period_key(period_type, "weeks") }} is not null
group by weeks.pupil_id, weeks.academic_year, {{ period_key(period_type, "weeks") }}
{{ "union all" if not loop.last }}
{%- endfor %}
