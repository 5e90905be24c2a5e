-- The school's own roll on the as-of day speaks first; what it does not tell comes from the file that DfE publishes.
with shares as (
    select
        listed.characteristic,
        listed.pupil_column,
        listed.cohort
    from {{ ref("roll_characteristics") }} as listed
),

on_roll as (
    select
        version.pupil_id,
        version.school_urn,
        version.pupil_premium,
        version.english_additional_language,
        version.sen_status
    from {{ ref("int_pupil_versions") }} as version
    cross join {{ ref("stg_trust") }} as trust
    where
        trust.as_of between version.valid_from and coalesce(version.valid_to, date '9999-12-31')
        and exists (
            select 1
            from {{ ref("int_roll") }} as roll
            where
                roll.pupil_id = version.pupil_id
                and roll.school_urn = version.school_urn
                and trust.as_of between roll.entry_date and roll.leaving_date
        )
),

values_of_pupils as (
    unpivot on_roll
    on pupil_premium, english_additional_language, sen_status
    into name pupil_column value cohort
),

sizes as (
    select
        school_urn,
        count(*) as pupils
    from on_roll
    group by school_urn
),

counted as (
    select
        sizes.school_urn,
        shares.characteristic,
        count(*) filter (where known.cohort = shares.cohort) as pupils_of_cohort,
        count(known.cohort) as pupils_known,
        any_value(sizes.pupils) as pupils
    from sizes
    cross join shares
    left join values_of_pupils as known
        on sizes.school_urn = known.school_urn and shares.pupil_column = known.pupil_column
    group by sizes.school_urn, shares.characteristic
),

own as (
    select
        counted.school_urn,
        counted.characteristic,
        {{ percent("counted.pupils_of_cohort", "counted.pupils_known") }} as value,
        'roll' as origin
    from counted
    cross join {{ ref("stg_trust") }} as trust
    where
        {{ at_least_percent(
            "counted.pupils_known", "counted.pupils", rule_value("similar_schools_known_percent", "trust.as_of")
        ) }}
    union all
    select
        school_urn,
        'number_of_pupils' as characteristic,
        cast(pupils as double) as value,
        'roll' as origin
    from sizes
)

select
    school.school_urn,
    school.phase as school_phase,
    weight.characteristic,
    weight.characteristic_order,
    weight.weight,
    coalesce(own.value, published.value) as value,
    case when own.value is not null then own.origin when published.value is not null then 'published' end as origin
from {{ ref("dim_school") }} as school
cross join {{ ref("stg_trust") }} as trust
inner join {{ ref("similar_school_weights") }} as weight
    on
        school.phase = weight.school_phase
        and trust.as_of >= weight.valid_from
        and trust.as_of <= coalesce(weight.valid_to, date '9999-12-31')
left join own on school.school_urn = own.school_urn and weight.characteristic = own.characteristic
left join {{ ref("int_published_school_values") }} as published
    on
        school.school_urn = published.school_urn
        and school.phase = published.school_phase
        and weight.characteristic = published.characteristic
