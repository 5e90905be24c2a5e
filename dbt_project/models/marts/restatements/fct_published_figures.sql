with this as (
    select * from {{ ref("dim_release") }}
    where release_id = (select run.release_id from {{ source("previous", "run") }} as run)
)

select
    {{ columns_of("figure", cell_keys() + ["release_id", "published_at", "as_of", "is_period_over", "is_published"]) }},
    {{ columns_of("figure", cell_parts()) }},
    case
        when figure.replaced_in is not null then figure.replaced_in
        when difference.school_urn is not null then this.release_id
    end as replaced_in
from {{ ref("stg_previous_figures") }} as figure
cross join this
left join {{ ref("int_figure_differences") }} as difference on {{ same("figure", "difference", cell_keys()) }}
union all
select
    {{ columns_of("difference", cell_keys()) }},
    this.release_id,
    this.published_at,
    this.as_of,
    difference.is_period_over,
    difference.is_published,
    {{ columns_of("difference", cell_parts()) }},
    null as replaced_in
from {{ ref("int_figure_differences") }} as difference
cross join this
