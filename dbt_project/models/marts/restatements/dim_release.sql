select
    release_id,
    published_at,
    as_of,
    previous_release_id,
    comparison_status
from {{ source("previous", "releases") }}
union all
select
    run.release_id,
    run.published_at,
    trust.as_of,
    run.previous_release_id,
    run.comparison_status
from {{ source("previous", "run") }} as run
cross join {{ ref("stg_trust") }} as trust
