-- An extract of the school before comes first: it covers the pupil's whole year. Its totals must agree, or the trust's
-- own registers speak.
with earlier as (
    select
        pupil.*,
        case
            when told.do_totals_agree then 'year6_extract'
            when registered.pupil_key is not null then 'trust_registers'
        end as earlier_source,
        not coalesce(told.do_totals_agree, true) as is_told_wrong,
        coalesce(told_school.school_urn, registered.earlier_school_urn) as earlier_school_urn,
        told.primary_laestab as earlier_laestab,
        registered.possible_sessions as registered_possible_sessions,
        registered.absent_sessions as registered_absent_sessions,
        {%- for column in transition_sums() %}
        case when told.do_totals_agree then told.{{ column }} else registered.{{ column }} end as earlier_{{ column }},
        {%- endfor %}
        told.extract_id,
        told.source_row
    from {{ ref("int_transition_pupils") }} as pupil
    left join {{ ref("int_year6_rows") }} as told
        on
            pupil.transition = told.transition
            and pupil.pupil_key = told.pupil_key
            and pupil.school_urn = told.school_urn
            and pupil.academic_year = told.academic_year
            and told.is_newest
    left join {{ ref("int_earlier_years") }} as registered
        on
            pupil.transition = registered.transition
            and pupil.pupil_key = registered.pupil_key
            and pupil.academic_year = registered.academic_year
    left join {{ ref("stg_schools") }} as told_school on told.primary_laestab = told_school.laestab
)

select
    earlier.pupil_key,
    earlier.school_urn,
    earlier.transition,
    earlier.academic_year,
    case
        when not earlier.is_enrolled then 'not_enrolled'
        when earlier.earlier_source is not null then 'matched'
        when earlier.is_told_wrong then 'totals_disagree'
        else 'no_earlier_record'
    end as match_status,
    earlier.earlier_source,
    earlier.earlier_school_urn,
    earlier.earlier_laestab,
    {%- for column in transition_sums() %}
    cast(earlier.earlier_{{ column }} as integer) as earlier_{{ column }},
    {%- endfor %}
    earlier_band.absence_band as earlier_absence_band,
    earlier.registered_possible_sessions,
    earlier.registered_absent_sessions,
    {%- for column in transition_sums() %}
    later.{{ column }},
    {%- endfor %}
    later.absence_band,
    later.is_persistently_absent,
    later_band.band_order - earlier_band.band_order as bands_up,
    {{ percent("later.absent_sessions", "later.possible_sessions") }}
    - {{ percent("earlier.earlier_absent_sessions", "earlier.earlier_possible_sessions") }}
        as change_percentage_points,
    earlier.extract_id,
    earlier.source_row
from earlier
left join {{ ref("fct_bands") }} as later
    on
        earlier.pupil_key = later.pupil_key
        and earlier.school_urn = later.school_urn
        and later.period_type = 'year'
        and earlier.academic_year = later.academic_year
left join {{ ref("absence_bands") }} as earlier_band
    on {{ in_band("earlier.earlier_absent_sessions", "earlier.earlier_possible_sessions", "earlier_band") }}
left join {{ ref("absence_bands") }} as later_band on later.absence_band = later_band.absence_band
