"""The network report's tables of days, codes and data, and its definitions, from the rows of its queries."""

from __future__ import annotations

from typing import Any

from dashboards.reports.figures import NOTHING, change, listed, number, percent, short_day, signed
from dashboards.reports.network.tables import grouped

Rows = list[dict[str, Any]]
Row = dict[str, Any]


def data_tables(found: dict[str, Rows]) -> dict[str, Any]:
    """Weekdays, codes, registers, extracts, revised figures, refused rows and findings."""
    phases = list(grouped(found["codes_phases"], "place_name"))
    codes = []
    for category, of_category in grouped(found["codes_phases"], "category_label").items():
        for index, of_code in enumerate(grouped(of_category, "code").values()):
            shares = {row["place_name"]: row for row in of_code}
            cells = [
                {
                    "t": percent(row["percent_of_possible"], row["is_suppressed"])
                    if (row := shares.get(phase))
                    else NOTHING
                }
                for phase in phases
            ]
            codes.append(
                {
                    "first": index == 0, "category": category, "code": of_code[0]["code"],
                    "name": of_code[0]["description"], "cells": cells,
                }
            )  # fmt: skip
    days = grouped(found["weekdays"], "place_name")
    return {
        "weekdays": {
            "labels": list(grouped(found["weekdays"], "cohort_label")),
            "rows": [
                {"name": name, "kind": "school", "cells": [{"t": percent(row["attendance_percent"])} for row in rows]}
                for name, rows in days.items()
            ],
        },
        "code_phases": phases,
        "codes": codes,
        "codes_standing_out": [
            {
                "name": row["place_name"],
                "code": row["code"],
                "description": row["description"],
                "cells": [
                    {"t": number(row["sessions"])},
                    {"t": percent(row["percent_of_possible"])},
                    {"t": percent(row["phase_percent"])},
                    {"t": signed(row["difference_percentage_points"])},
                ],
            }
            for row in found["codes"]
        ],
        "registers": [
            {
                "name": row["school_name"],
                "kind": "school",
                "cells": [
                    {"t": number(row["expected_marks"], row["is_suppressed"])},
                    {"t": number(row["missing_marks"], row["is_suppressed"])},
                    {"t": percent(row["missing_percent"], row["is_suppressed"])},
                    {"t": number(row["registers_incomplete"])},
                    {"t": number(row["quarantined_marks"], row["is_suppressed"])},
                    {"t": number(row["outstanding_reasons"], row["reasons_are_suppressed"])},
                    {"t": short_day(row["newest_marks_date"])},
                    {"t": row["status_label"]},
                ],
            }
            for row in found["registers"]
        ],
        "extracts": [
            {
                "name": row["school_name"],
                "kind": "school",
                "cells": [{"t": number(row["extracts"])}]
                + [
                    {"t": number(row[column])}
                    for column in (
                        "rows",
                        "applied",
                        "superseded",
                        "identical_duplicate",
                        "no_mark",
                        "quarantined",
                        "held",
                    )
                ],
            }
            for row in found["extracts"]
        ],
        "revised": [
            {
                "name": row["place_name"],
                "period": row["period_label"],
                "measure": row["measure_label"],
                "as_of": row["published_as_of_label"],
                "cells": [
                    {"t": percent(row["published_percent"], row["is_suppressed"])},
                    {"t": percent(row["now_percent"], row["is_suppressed"])},
                    change(row["change_percentage_points"], row["better"], row["is_suppressed"]),
                ],
                "because": row["main_cause"] or NOTHING,
            }
            for row in found["revised"]
        ],
        "refused": [
            {
                "name": row["reason_label"] or row["reason"],
                "what_to_do": row["what_to_do"] or "",
                "rows": number(int(row["rows"])),
                "schools": row["schools"] if row["number_of_schools"] <= 2 else f"{row['number_of_schools']} schools",
            }
            for row in found["refused"]
        ],
        "findings": [
            {
                "name": label,
                "what_to_do": what_to_do or "",
                "schools": listed([row["school_name"] or "the trust" for row in rows])
                if len(rows) <= 2
                else f"{len(rows)} schools",
                "rows": number(sum(row["rows"] for row in rows)),
            }
            for (label, what_to_do), rows in grouped(found["findings"], "finding_label", "what_to_do").items()
        ],
    }


def reached_table(rows: Rows) -> dict[str, Any]:
    """How many pupils of each school reached a threshold in the newest whole term; nothing without one."""
    return {
        "reached_term": next((row["period_key"] for row in rows), ""),
        "reached_rules": list(dict.fromkeys(row["rule_label"] for row in rows)),
        "reached": [
            {
                "name": school,
                "kind": "school",
                "cells": [{"t": number(row["pupils"], row["is_suppressed"])} for row in of_school],
            }
            for school, of_school in grouped(rows, "place_name").items()
        ],
    }


def definitions(measures: Rows, rules: dict[str, Row]) -> dict[str, Any]:
    """What the measures mean and which thresholds are used."""
    used = ("persistent_absence_percent", "severe_absence_percent")
    return {
        "measures": [
            {"name": row["measure_label"], "text": row["definition"], "source": row["source"]} for row in measures
        ],
        "rules": [
            {
                "name": rules[name]["label"],
                "value": f"{rules[name]['value']:g} {rules[name]['unit']}",
                "text": rules[name]["description"],
            }
            for name in used
            if name in rules
        ],
        "false_alarms": f"{rules['code_monitoring_fdr_percent']['value']:g}",
    }
