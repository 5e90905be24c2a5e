-- Short numbers of the three periods that a school's half term belongs to.
select
    half_term.school_urn,
    half_term.academic_year,
    half_term.half_term,
    of_half_term.period_no as half_term_no,
    of_term.period_no as term_no,
    of_year.period_no as year_no
from {{ ref("int_half_terms") }} as half_term
inner join {{ ref("int_pattern_periods") }} as of_half_term
    on
        half_term.school_urn = of_half_term.school_urn
        and of_half_term.period_type = 'half_term'
        and {{ period_key("half_term", "half_term") }} = of_half_term.period_key
        and of_half_term.has_patterns
inner join {{ ref("int_pattern_periods") }} as of_term
    on
        half_term.school_urn = of_term.school_urn
        and of_term.period_type = 'term'
        and {{ period_key("term", "half_term") }} = of_term.period_key
        and of_term.has_patterns
inner join {{ ref("int_pattern_periods") }} as of_year
    on
        half_term.school_urn = of_year.school_urn
        and of_year.period_type = 'year'
        and {{ period_key("year", "half_term") }} = of_year.period_key
        and of_year.has_patterns
