-- Only periods that were over when the earlier figure was published, and only where there was a figure.
{%- set keys = cell_keys() + ["measure", "comparator_type"] %}
with this as (
    select
        run.release_id,
        run.previous_release_id,
        release.as_of as previous_as_of
    from {{ source("previous", "run") }} as run
    inner join {{ source("previous", "releases") }} as release on run.previous_release_id = release.release_id
)

select
    {{ columns_of("earlier", keys + ["series", "published_in", "revised_in", "cause"]) }},
    {{ each(
        ["published", "revised"],
        "earlier.{c}_comparator, earlier.{c}_source, earlier.{c}_numerator, earlier.{c}_denominator,"
        ~ " earlier.{c}_percent"
    ) }}
from {{ ref("stg_previous_benchmark_restatements") }} as earlier
union all
select
    {{ columns_of("before", keys + ["series"]) }},
    this.previous_release_id,
    this.release_id,
    case
        when before.comparator_numerator is null then 'benchmark_revision'
        when
            coalesce(now.comparator_numerator, 0) - before.comparator_numerator
            <> coalesce(now.numerator, 0) - coalesce(before.numerator, 0)
            or coalesce(now.comparator_denominator, 0) - before.comparator_denominator
            <> coalesce(now.denominator, 0) - coalesce(before.denominator, 0)
            then 'other_schools'
        else 'own_school'
    end as cause,
    before.comparator as published_comparator,
    before.source as published_source,
    before.comparator_numerator as published_numerator,
    before.comparator_denominator as published_denominator,
    before.comparator_percent as published_percent,
    now.comparator as revised_comparator,
    now.source as revised_source,
    now.comparator_numerator as revised_numerator,
    now.comparator_denominator as revised_denominator,
    now.comparator_percent as revised_percent
from {{ ref("stg_previous_benchmarks") }} as before
cross join this
inner join {{ ref("int_school_periods") }} as period
    on
        {{ same("before", "period", ["school_urn", "period_type", "period_key"]) }}
        and period.is_complete
        and this.previous_as_of >= period.last_day
left join {{ ref("fct_benchmarks") }} as now
    on {{ same("before", "now", keys) }} and before.series is not distinct from now.series
where
    before.comparator_percent is not null
    and (
        before.comparator_percent is distinct from now.comparator_percent
        or before.comparator_numerator is distinct from now.comparator_numerator
        or before.comparator_denominator is distinct from now.comparator_denominator
    )
