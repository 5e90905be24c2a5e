select
    school_urn,
    academic_year,
    period_type,
    period_key,
    coalesce(year_group, 'unknown') as year_group,
    absence_band,
    cast(count(*) as integer) as pupils
from {{ ref("fct_bands") }}
where absence_band is not null
group by school_urn, academic_year, period_type, period_key, coalesce(year_group, 'unknown'), absence_band
