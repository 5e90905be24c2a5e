-- What: in a session that several schools expect a pupil in, exactly one school's row counts; a possible session is
--   never set aside for one that is not, and only in a conflict is a possible session set aside at all.
-- When it matters: a pupil's attendance over the trust counts each session once.
-- How to mend: see the order in fct_session_pairings; several rows of a school in a session are a fault of the roll.
select
    pupil_key,
    session_date,
    session
from {{ ref("fct_session_pairings") }}
group by pupil_key, session_date, session
having
    count(*) filter (where is_counted) <> 1
    or count(*) < 2
    or min(schools) <> count(*)
    or bool_or(is_possible) <> bool_or(is_possible and is_counted)
    or bool_or(is_possible and not is_counted) <> (min(pairing) = 'conflict')
