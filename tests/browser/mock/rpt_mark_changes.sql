select place_type, place_key, place_name, slug, period_type, period_key, change_kind, display_name as change_label,
  change_kind_order::int as change_order, 40::bigint as changes, (40 * needs_document::boolean::int)::bigint as to_document,
  (30 * needs_document::boolean::int)::bigint as documented, (25 * needs_document::boolean::int)::bigint as documented_in_full,
  260::bigint as days, 6.5 as average_days
from (select distinct place_type, place_key, place_name, slug, period_type, period_key from rpt_year_group_ranks),
  '{seeds}/amendments/change_kinds.csv'
