select slug, session_date, session, session_label, form, missing_marks from rpt_missing_registers, (select '7A' as form union all select '8B')
