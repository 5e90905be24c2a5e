select code, description, valid_from, valid_to, valid_to is null as is_current, statistical_category, upper(left(replace(statistical_category, '_', ' '), 1)) || substr(replace(statistical_category, '_', ' '), 2) as category_label,
case when is_attended then 1 when is_absent then 2 else 3 end::int as category_order, row_number() over (order by valid_to is not null, statistical_category, code)::int as code_order,
case when is_attended then 'A session attended' when is_absent then 'A session absent' else 'Not a possible session' end as counts_as,
is_possible, is_attended, is_absent, is_late, is_reason_outstanding from '{seeds}/attendance_codes.csv'
