select reason, reason_order::int as reason_order, what_is_wrong as reason_label, what_to_do from '{seeds}/quarantine_reasons.csv'
