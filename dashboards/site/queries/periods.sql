select
    period_type, period_key, label, is_running,
    case period_type when 'year' then 'Academic years' when 'term' then 'Terms' else 'Half terms' end as group_label,
    period_key = (select coalesce(latest_complete_half_term, current_half_term) from rpt_release) as is_first
from rpt_periods
where period_type in ('year', 'term', 'half_term')
order by case period_type when 'half_term' then 1 when 'term' then 2 else 3 end, period_order desc
