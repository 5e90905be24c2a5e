-- What a pupil's sessions show: each code, and each barrier that codes stand for.
{%- set longer = period_types() | reject("equalto", "week") | list %}
with codes as (
    select
        pupil_id,
        school_urn,
        academic_year,
        half_term_no,
        term_no,
        year_no,
        reason_code,
        sum(recorded_sessions) as sessions
    from {{ ref("int_enrolment_slots") }}
    where reason_code is not null
    group by all
),

items as (
    select
        codes.*,
        'code_pattern' as finding,
        codes.reason_code as item
    from codes
    union all
    select
        codes.*,
        'barrier',
        barrier.barrier
    from codes
    inner join {{ ref("barrier_codes") }} as barrier on codes.reason_code = barrier.code
)

{% for period_type in longer -%}
select
    pupil_id,
    school_urn,
    academic_year,
    {{ period_type }}_no as period_no,
    finding,
    item,
    cast(sum(sessions) as double) as x
from items
group by all
{{ "union all" if not loop.last }}
{% endfor %}
