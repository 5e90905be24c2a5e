-- Pupils who changed band from half term to half term in an academic year.
select school_urn, previous_period_key, period_key, from_band, to_band, sum(pupils) as pupils
from marts.fct_band_movement
where academic_year = $year and period_type = 'half_term'
group by school_urn, previous_period_key, period_key, from_band, to_band
order by school_urn, period_key, from_band, to_band
