-- What: expected marks = recorded + missing + quarantined marks.
-- When it matters: a mark with another status would be counted as due and as nothing else.
-- How to mend: find the mark_status in fct_sessions that is none of the three.
select
    school_urn,
    session_date,
    session
from {{ ref("fct_register_completeness") }}
where expected_marks <> recorded_marks + missing_marks + quarantined_marks
