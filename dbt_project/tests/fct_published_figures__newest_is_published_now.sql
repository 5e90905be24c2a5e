-- What: the figures of the log that nothing has replaced are those of fct_cohorts, each once.
-- When it matters: the log is what trustees are shown as published; it must not drift from the tables.
-- How to mend: see int_figure_differences, which decides what is new in the log; compare the cell listed here with the
--   previous release's rows of it.
with log as (
    select * from {{ ref("fct_published_figures") }}
    where replaced_in is null and is_published
)

select
    coalesce(log.school_urn, cohort.school_urn) as school_urn,
    coalesce(log.period_key, cohort.period_key) as period_key
from log
full outer join {{ ref("fct_cohorts") }} as cohort on {{ same("log", "cohort", cell_keys()) }}
where {{ any_differs("log", "cohort", cell_parts()) }}
