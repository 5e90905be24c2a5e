-- What a pupil's sessions show: each code, and each barrier that codes stand for.
with items as (
    select
        slot.*,
        'code_pattern' as finding,
        slot.reason_code as item
    from {{ ref("int_enrolment_slots") }} as slot
    where slot.reason_code is not null
    union all
    select
        slot.*,
        'barrier',
        barrier.barrier
    from {{ ref("int_enrolment_slots") }} as slot
    inner join {{ ref("barrier_codes") }} as barrier on slot.reason_code = barrier.code
),

sums as (
    {%- for period_type in period_types() if period_type != "week" %}
    select
        items.pupil_id,
        items.school_urn,
        '{{ period_type }}' as period_type,
        {{ period_key(period_type, "items") }} as period_key,
        items.finding,
        items.item,
        cast(sum(items.recorded_sessions) as double) as x
    from items
    group by all
    {{ "union all" if not loop.last }}
    {%- endfor %}
)

select
    period.period_no,
    sums.finding,
    sums.item,
    sums.x,
    cast(enrolment.possible_sessions as double) as p,
    {{ pattern_characteristics() }}
from sums
{{ join_pattern_enrolments("sums") }}
