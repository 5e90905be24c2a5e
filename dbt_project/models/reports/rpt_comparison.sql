with figures as (
    select
        rate.*,
        measure.display_name as measure_label,
        measure.measure_order,
        measure.better,
        period.period_order
    from {{ ref("int_place_rates") }} as rate
    inner join {{ ref("rpt_periods") }} as period
        on rate.period_type = period.period_type and rate.period_key = period.period_key
    cross join {{ ref("int_running_year") }} as running
    left join {{ ref("measure_definitions") }} as measure on rate.measure = measure.measure
    where
        rate.period_type in {{ longer_period_types() }}
        and {{ in_detail_years("rate.academic_year", "running.running_year") }}
),

compared as (
    select
        this.*,
        phase.own_percent as phase_percent,
        this.own_percent - phase.own_percent as gap_percentage_points,
        {{ standing("this.low_percent", "this.high_percent", "phase.own_percent", "this.better") }} as standing
    from figures as this
    left join figures as phase
        on
            phase.place_type = 'phase'
            and if(this.place_type = 'school', this.phase, null) = phase.phase
            and this.period_type = phase.period_type
            and this.period_key = phase.period_key
            and this.cohort_dimension = phase.cohort_dimension
            and this.cohort = phase.cohort
            and this.measure = phase.measure
            -- The only school of its phase has nothing to be compared with.
            and this.denominator < phase.denominator
)

select
    compared.*,
    words.display_name as standing_label,
    -- Of whole schools' sessions only: a place between two others would say what a hidden figure is about.
    case
        when compared.place_type = 'school' and compared.cohort_dimension = 'all' and not compared.is_of_pupils
            then cast(rank() over (
                partition by
                    compared.place_type, compared.phase, compared.period_type, compared.period_key,
                    compared.cohort_dimension, compared.cohort, compared.measure
                order by if(compared.better = 'lower', 1, -1) * compared.own_percent
            ) as integer)
    end as school_rank,
    false as is_suppressed
from compared
left join {{ ref("standings") }} as words on compared.standing = words.standing
