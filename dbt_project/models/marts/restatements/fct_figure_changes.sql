select
    {{ columns_of("change", cell_keys() + ["release_id", "cause"]) }},
    {{ columns_of("change", cell_parts()) }}
from {{ source("previous", "changes") }} as change
union all
select
    {{ columns_of("change", cell_keys()) }},
    run.release_id,
    {{ columns_of("change", ["cause"] + cell_parts()) }}
from {{ ref("int_cell_changes") }} as change
cross join {{ source("previous", "run") }} as run
