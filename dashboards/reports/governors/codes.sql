-- Codes of absence, each with its share of all absence.
select
    code.*,
    100.0 * code.sessions / headline.absent_sessions as share_of_absence_percent
from rollcall.rpt_code_use as code
inner join rollcall.rpt_headline as headline
    on
        code.place_type = headline.place_type
        and code.place_key = headline.place_key
        and code.period_key = headline.period_key
        and headline.population = 'all'
inner join (
    select *
    from rollcall.rpt_guide_codes
    qualify row_number() over (partition by code order by valid_from desc) = 1
) as guide on code.code = guide.code
where
    code.period_key = $period
    and code.year_group = 'all'
    and guide.is_absent
    and (code.slug = $slug or ($slug is null and code.place_type = 'phase'))
order by code.place_order, code.category_order, code.code_order
