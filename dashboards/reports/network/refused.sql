select
    reason_order, reason, reason_label, what_to_do, sum(rows) as rows,
    string_agg(distinct coalesce(school_name, 'no known school'), ', ' order by coalesce(school_name, 'no known school'))
        as schools,
    count(distinct coalesce(school_name, '')) as number_of_schools
from rollcall.rpt_refused_rows
group by all
order by reason_order
