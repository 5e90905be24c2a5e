-- The newest extract that names a pupil speaks. An extract of the summer tells of next year's pupils.
with dated as (
    select
        year6.*,
        extracts.school_urn,
        extracts.export_order,
        cast(extracts.exported_at as date) as exported_on
    from {{ ref("stg_year6") }} as year6
    inner join {{ ref("stg_extracts") }} as extracts
        on year6.extract_id = extracts.extract_id and year6.slug = extracts.slug
    where
        year6.row_reason is null
        and year6.duplicate is null
)

select
    dated.*,
    passage.transition,
    {{ academic_year_starting(
        "(year(dated.exported_on) - case when month(dated.exported_on) < passage.incoming_from_month then 1 else 0 end)"
    ) }} as academic_year,
    dated.possible_sessions - dated.attended_sessions as absent_sessions,
    dated.attended_sessions <= dated.possible_sessions
    and coalesce(
        dated.authorised_sessions + dated.unauthorised_sessions = dated.possible_sessions - dated.attended_sessions,
        true
    ) as do_totals_agree,
    row_number() over (
        partition by dated.school_urn, dated.pupil_key order by dated.export_order desc
    ) = 1 as is_newest
from dated
inner join {{ ref("transitions") }} as passage on passage.incoming_from_month is not null
