-- Which sessions to look at more closely: those whose extracts do not all say the same. One aggregate over the marks
-- that were sent more than once; nothing is sorted here.
select
    judged.pupil_id,
    judged.school_urn,
    judged.session_date,
    judged.session
from {{ ref("int_marks_judged") }} as judged
inner join {{ ref("int_speaking_steps") }} as steps
    on
        judged.extract_no = steps.extract_no
        and judged.school_urn = steps.school_urn
        and judged.session_date = steps.session_date
where
    judged.is_expected
    and not judged.is_no_mark
    and not judged.is_repeated
group by judged.pupil_id, judged.school_urn, judged.session_date, judged.session
having
    count(*) < min(steps.steps)
    or min(judged.code) < max(judged.code)
    or min(coalesce(judged.minutes_late, -1)) < max(coalesce(judged.minutes_late, -1))
    or bool_or(judged.reason is not null)
