-- Days and weeks of school are counted on across holidays, for the whole school and for each year group.
select
    sessions.school_urn,
    sessions.year_group,
    sessions.session_date,
    cast(dense_rank() over (partition by sessions.school_urn order by sessions.session_date) as integer) as day_number,
    cast(dense_rank() over (partition by sessions.school_urn order by sessions.week_start) as integer) as week_number,
    cast(row_number() over (
        partition by sessions.school_urn, sessions.year_group order by sessions.session_date
    ) as integer) as group_day_number
from (
    select distinct
        school_urn,
        year_group,
        session_date,
        week_start
    from {{ ref("int_school_sessions") }}
) as sessions
