-- Only schools and years that differ are laid side by side.
{%- set keys = ["school_urn", "academic_year", "pupil_key", "period_type", "period_key"] %}
{%- set flags = ["characteristics_key", "is_compulsory_school_age", "is_persistently_absent", "is_severely_absent"] %}
{%- set everything = keys + flags + session_sums() %}
with before_all as (
    select enrolment.* replace (coalesce(renamed.new_key, enrolment.pupil_key) as pupil_key)
    from {{ ref("stg_previous_enrolments") }} as enrolment
    left join {{ source("previous", "pupil_keys") }} as renamed on enrolment.pupil_key = renamed.old_key
),

checksums as (
    select
        school_urn,
        academic_year,
        true as is_now,
        bit_xor(hash({{ everything | join(", ") }})) as checksum
    from {{ ref("int_enrolment_figures") }}
    group by school_urn, academic_year
    union all
    select
        school_urn,
        academic_year,
        false as is_now,
        bit_xor(hash({{ everything | join(", ") }})) as checksum
    from before_all
    group by school_urn, academic_year
),

differing as (
    select
        school_urn,
        academic_year
    from checksums
    where (select count(run.previous_release_id) from {{ source("previous", "run") }} as run) > 0
    group by school_urn, academic_year
    having count(*) = 1 or min(checksum) <> max(checksum)
    union
    select
        school_urn,
        academic_year
    from {{ ref("int_enrolment_deltas") }}
),

touched as (
    select {{ keys | join(", ") }}
    from {{ ref("int_enrolment_deltas") }}
    group by all
),

sides as (
    select
        {{ each(keys, "coalesce(now.{c}, before.{c}) as {c}") }},
        before.pupil_key is not null as is_before,
        now.pupil_key is not null as is_now,
        {{ each(flags, "before.{c} as before_{c}, now.{c} as now_{c}") }},
        {{ each(session_sums(), "coalesce(before.{c}, 0) as before_{c}, coalesce(now.{c}, 0) as now_{c}") }},
        now.age,
        {{ any_differs("before", "now", flags + session_sums()) | indent(8) }} as is_different
    from (
        select before_all.* from before_all
        inner join differing on {{ same("before_all", "differing", keys[:2]) }}
    ) as before
    full outer join (
        select figure.* from {{ ref("int_enrolment_figures") }} as figure
        inner join differing on {{ same("figure", "differing", keys[:2]) }}
    ) as now
        on {{ same("before", "now", keys) }}
)

select sides.* exclude (is_different) -- noqa: RF02
from sides
left join touched on {{ same("sides", "touched", keys) }}
where sides.is_different or touched.pupil_key is not null
