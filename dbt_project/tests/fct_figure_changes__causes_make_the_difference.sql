-- What: what this release changed in a figure is the sum of what its causes changed, in every whole number.
-- When it matters: "why is it not what the report said" must be answered in full, for every figure.
-- How to mend: find the cell's enrolments in int_enrolment_steps. The last step holds what is published now; the first
--   one what the previous release kept (ledger/), which must be what its fct_cohorts was made of.
with this as (
    select run.release_id
    from {{ source("previous", "run") }} as run
    where run.previous_release_id is not null
),

involved as (
    select
        {{ columns_of("figure", cell_keys()) }},
        {{ each(
            cell_parts(),
            "case when figure.release_id = this.release_id then 1 else -1 end * coalesce(figure.{c}, 0) as {c}"
        ) }}
    from {{ ref("fct_published_figures") }} as figure
    inner join this on figure.release_id = this.release_id or figure.replaced_in = this.release_id
    union all
    select
        {{ columns_of("change", cell_keys()) }},
        {{ each(cell_parts(), "-change.{c}") }}
    from {{ ref("fct_figure_changes") }} as change
    inner join this on change.release_id = this.release_id
)

select {{ columns_of("involved", cell_keys()) }}
from involved
group by all
having {{ each(cell_parts(), "sum({c}) <> 0", "or") }}
