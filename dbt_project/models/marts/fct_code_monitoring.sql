select
    judged.school_urn,
    judged.academic_year,
    judged.period_type,
    judged.period_key,
    judged.population,
    judged.code,
    judged.phase,
    judged.pupils,
    judged.sessions,
    judged.possible_sessions,
    {{ percent("judged.sessions", "judged.possible_sessions") }} as percent_of_possible,
    judged.other_schools,
    judged.other_sessions,
    judged.other_possible_sessions,
    {{ percent("judged.other_sessions", "judged.other_possible_sessions") }} as other_percent,
    cast(judged.possible_sessions as double) * judged.other_sessions / nullif(judged.other_possible_sessions, 0)
        as expected_sessions,
    judged.dispersion,
    100 * sqrt(judged.between_variance) as between_schools_percentage_points,
    100 * judged.inner_low as inner_low_percent,
    100 * judged.inner_high as inner_high_percent,
    100 * judged.outer_low as outer_low_percent,
    100 * judged.outer_high as outer_high_percent,
    judged.p_value,
    judged.q_value,
    judged.monitoring_status,
    dfe.sessions as dfe_sessions,
    dfe.possible_sessions as dfe_possible_sessions,
    {{ percent("dfe.sessions", "dfe.possible_sessions") }} as dfe_percent,
    dfe.source as dfe_source,
    case
        when phase.dfe_daily_phase is null then 'no_series_for_phase'
        when judged.period_type = 'half_term' then 'half_term_not_published'
        when not period.is_complete then 'period_running'
        when dfe.code is null then 'not_published'
        when dfe.as_published_to < period.last_school_day then 'published_to_earlier_day'
        when dfe.sessions is null then 'suppressed_by_dfe'
        else 'compared'
    end as dfe_status
from {{ ref("int_code_judgements") }} as judged
left join {{ ref("school_phases") }} as phase on judged.phase = phase.phase
left join {{ ref("int_school_periods") }} as period
    on
        judged.school_urn = period.school_urn
        and judged.period_type = period.period_type
        and judged.period_key = period.period_key
left join {{ ref("int_dfe_reasons") }} as dfe
    on
        if(period.is_complete, judged.period_key, null) = dfe.period_key
        and phase.dfe_daily_phase = dfe.school_phase
        and judged.code = dfe.code
