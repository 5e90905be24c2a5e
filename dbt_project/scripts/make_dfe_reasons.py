"""Make the seed with how often each register code is used in England, from the daily series' reason columns.

In: the folder of DfE's files (`attendance_daily_series/*.csv`), as seeds/README.md lists them, and the seed
monitoring/dfe_reason_columns.csv, which says which column counts which code.
Out: seeds/monitoring/dfe_daily_reasons.csv, one row per year, window, phase and column, in a fixed order. Run it when
DfE publishes: `python dbt_project/scripts/make_dfe_reasons.py FOLDER`.
"""

from __future__ import annotations

import csv
import sys
from pathlib import Path

from make_dfe_seeds import SEEDS, WINDOWS, number, published_to

HEADER = [
    "academic_year",
    "time_window",
    "school_phase",
    "reason_column",
    "sessions",
    "possible_sessions",
    "as_published_to",
    "source",
]


def rows(folder: Path) -> list[dict[str, str]]:
    """National rows of every file, one per reason column; a suppressed cell is empty."""
    monitoring = SEEDS / "monitoring"
    with (monitoring / "dfe_reason_columns.csv").open(encoding="utf-8", newline="") as handle:
        columns = [row["reason_column"] for row in csv.DictReader(handle)]
    found = []
    for path in sorted((folder / "attendance_daily_series").glob("*.csv")):
        with path.open(encoding="utf-8-sig", newline="") as handle:
            for raw in csv.DictReader(handle):
                if raw["geographic_level"] != "National":
                    continue
                period = raw["time_period"]
                found += [
                    {
                        "academic_year": f"{period[:4]}/{period[4:]}",
                        "time_window": WINDOWS[raw["time_identifier"]],
                        "school_phase": (raw.get("school_type") or raw["education_phase"]).lower(),
                        "reason_column": column,
                        "sessions": number(raw[column]),
                        "possible_sessions": number(raw["possible_sessions"]),
                        "as_published_to": published_to(path),
                        "source": path.name,
                    }
                    for column in columns
                    if column in raw
                ]
    return sorted(found, key=lambda row: [row[column] for column in HEADER[:4]])


if __name__ == "__main__":
    if len(sys.argv) != 2:
        raise SystemExit("Usage: make_dfe_reasons.py FOLDER (the folder with DfE's files; see seeds/README.md)")
    with (SEEDS / "monitoring" / "dfe_daily_reasons.csv").open("w", encoding="utf-8", newline="") as target:
        writer = csv.DictWriter(target, HEADER, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows(Path(sys.argv[1])))
