select rule_name, upper(left(rule_name, 1)) || replace(substr(rule_name, 2), '_', ' ') as label, value::double as value, unit, description, source from '{seeds}/rules.csv' where valid_to is null
