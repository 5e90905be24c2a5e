with {{ sums_by_group(
    "int_pattern_items",
    ["finding", "item"],
    {
        "sessions": "counted.x",
        "sessions_squared": "counted.x * counted.x",
        "sessions_by_possible": "counted.x * enrolment.possible_sessions",
    }
) }}
