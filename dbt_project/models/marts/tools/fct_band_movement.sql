select
    step.school_urn,
    step.academic_year,
    step.basis,
    step.period_type,
    step.previous_period_key,
    step.period_key,
    populations.population,
    step.year_group,
    coalesce(step.previous_absence_band, 'none') as from_band,
    coalesce(step.absence_band, 'none') as to_band,
    case
        when step.previous_absence_band is null then 'joined'
        when step.absence_band is null then 'left'
        when step.band_order < step.previous_band_order then 'better'
        when step.band_order > step.previous_band_order then 'worse'
        else 'same'
    end as movement,
    cast(count(*) as integer) as pupils
from {{ ref("int_band_steps") }} as step
cross join {{ populations() }}
where
    step.previous_period_key is not null
    and coalesce(step.absence_band, step.previous_absence_band) is not null
    and (step.is_compulsory_school_age or not populations.is_compulsory_only)
group by all
