{{ config(materialized="view") }}
-- In or out of persistent absence at both ends of a step, of the year to date.
select
    pupil_id,
    school_urn,
    academic_year,
    period_type,
    period_order,
    period_key,
    previous_period_key,
    is_latest,
    year_group,
    is_compulsory_school_age,
    case
        when previous_is_persistently_absent is null then if(is_persistently_absent, 'joined_in', 'joined_out')
        when is_persistently_absent is null then if(previous_is_persistently_absent, 'left_in', 'left_out')
        when is_persistently_absent then if(previous_is_persistently_absent, 'still_in', 'newly_in')
        else if(previous_is_persistently_absent, 'newly_out', 'still_out')
    end as movement
from {{ ref("int_band_steps") }}
where
    basis = 'year_to_date'
    and previous_period_key is not null
    and coalesce(is_persistently_absent, previous_is_persistently_absent) is not null
