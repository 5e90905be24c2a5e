-- What: no pupil has two rows for a session; every row of fct_sessions is in the timeline or set aside by a pairing.
-- When it matters: a day out of the timeline is a day lost, a day twice is an absence twice.
-- How to mend: look at the pupil's spells in int_roll; fct_session_pairings must find schools whose spells overlap.
with several_schools as (
    select pupil_key
    from {{ ref("int_roll") }}
    group by pupil_key
    having count(distinct school_urn) > 1
),

repeated as (
    select timeline.pupil_key
    from {{ ref("fct_pupil_timeline") }} as timeline
    inner join several_schools on timeline.pupil_key = several_schools.pupil_key
    group by timeline.pupil_key, timeline.session_date, timeline.session
    having count(*) > 1
),

set_aside as (
    select count(*) as set_aside
    from {{ ref("fct_session_pairings") }}
    where not is_counted
),

counted as (
    select
        (select count(*) from {{ ref("fct_sessions") }}) as sessions,
        (select count(*) from {{ ref("fct_pupil_timeline") }}) as in_timeline,
        (select set_aside.set_aside from set_aside) as set_aside
)

select 'repeated' as fault
from repeated
union all
select 'lost'
from counted
where sessions <> in_timeline + set_aside
