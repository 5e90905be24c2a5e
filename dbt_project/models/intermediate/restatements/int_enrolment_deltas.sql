{%- for period_type in period_types() %}
select
    deltas.pupil_key,
    deltas.school_urn,
    deltas.academic_year,
    '{{ period_type }}' as period_type,
    {{ period_key(period_type, "deltas") }} as period_key,
    deltas.cause,
    {{ sums_of("deltas", session_sums()) }}
from {{ ref("int_session_deltas") }} as deltas
where {{ period_key(period_type, "deltas") }} is not null
group by
    deltas.pupil_key, deltas.school_urn, deltas.academic_year, {{ period_key(period_type, "deltas") }}, deltas.cause
{{ "union all" if not loop.last }}
{%- endfor %}
