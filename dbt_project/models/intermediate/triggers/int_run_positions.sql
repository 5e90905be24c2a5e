-- Within a run the number of the session among all sessions grows as fast as its number among those that count.
with last_numbers as (
    select
        pupil_id,
        school_urn,
        max(possible_no) as last_possible_no,
        max(mark_no) as last_mark_no
    from {{ ref("int_run_sessions") }}
    group by pupil_id, school_urn
),

ordered as (
    select
        absent.*,
        numbers.possible_no,
        numbers.mark_no,
        last_numbers.last_possible_no,
        last_numbers.last_mark_no
    from {{ ref("int_absent_sessions") }} as absent
    inner join {{ ref("int_run_sessions") }} as numbers
        on
            absent.pupil_id = numbers.pupil_id
            and absent.school_urn = numbers.school_urn
            and absent.session_no = numbers.session_no
    inner join last_numbers
        on absent.pupil_id = last_numbers.pupil_id and absent.school_urn = last_numbers.school_urn
),

counted as (
    {%- for rule_id, (flag, number) in run_rules().items() %}
    select
        '{{ rule_id }}' as rule_id,
        pupil_id,
        school_urn,
        session_no,
        session_date,
        session,
        code,
        {{ number }} - row_number() over (partition by pupil_id, school_urn order by session_no) as run,
        {{ number }} = last_{{ number }} as is_last
    from ordered
    where {{ flag }}
    {{ "union all" if not loop.last }}
    {%- endfor %}
)

select
    *,
    row_number() over (partition by rule_id, pupil_id, school_urn, run order by session_no) as position
from counted
