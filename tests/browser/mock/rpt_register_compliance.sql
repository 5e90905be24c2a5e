select slug, academic_year, period_type, period_key, label, r.period_order, registers_expected, registers_expected - registers_incomplete as registers_complete, registers_incomplete as registers_partial, 0 as registers_missing,
  1 as registers_late, registers_expected - 1 as registers_on_time, 100.0 * (registers_expected - 1) / registers_expected as on_time_percent, 3 as reasons_overdue, 0 as codes_off_list
from rpt_registers r join (select period_type, period_key, label from rpt_periods) p using (period_type, period_key) where registers_expected > 0
