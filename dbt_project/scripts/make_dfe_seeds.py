"""Make the seeds with the Department for Education's published absence figures.

In: the folder of DfE's files (`attendance_daily_series/*.csv` and `benchmarks.csv.gz`), as seeds/README.md lists them.
Out: seeds/dfe_daily_series.csv, seeds/dfe_census_series.csv and seeds/local_authorities.csv, in a fixed order, so that
the same files give the same bytes. Run it when DfE publishes: `python dbt_project/scripts/make_dfe_seeds.py FOLDER`.
"""

from __future__ import annotations

import csv
import gzip
import re
import sys
from collections.abc import Iterator
from pathlib import Path

SEEDS = Path(__file__).resolve().parents[1] / "seeds"

# DfE's words on the left, the warehouse's on the right.
LEVELS = {"National": "national", "Regional": "region", "Local authority": "local_authority"}
CODE_COLUMNS = {"national": "country_code", "region": "region_code", "local_authority": "old_la_code"}
NAME_COLUMNS = {"national": "country_name", "region": "region_name", "local_authority": "la_name"}
WINDOWS = {"Academic year": "year", "Autumn term": "autumn", "Spring term": "spring", "Summer term": "summer"}
PLACE_HEADER = ["academic_year", "time_window", "geography_level", "geography_code", "geography_name", "school_phase"]
SESSION_COLUMNS = [
    "possible_sessions",
    "overall_attendance",
    "overall_absence",
    "authorised_absence",
    "unauthorised_absence",
    "late_sessions",
]
# DfE weights the rates of all phases together, so those are not the ratio of its sums: here they are kept as published.
TOTAL_RATES = {
    "attendance_percent": "attendance_perc",
    "overall_absence_percent": "overall_absence_perc",
    "authorised_absence_percent": "authorised_absence_perc",
    "unauthorised_absence_percent": "unauthorised_absence_perc",
}
DAILY_HEADER = [
    *PLACE_HEADER,
    *SESSION_COLUMNS,
    "enrolments",
    *TOTAL_RATES,
    "persistent_absence_percent",
    "as_published_to",
    "series",
    "source",
]
CENSUS_HEADER = [*PLACE_HEADER, "cohort_dimension", "cohort", "measure", "percent", "series", "source"]
CENSUS_MEASURES = [
    "overall_absence",
    "authorised_absence",
    "unauthorised_absence",
    "persistent_absence",
    "severe_absence",
]
LA_HEADER = ["la_code", "la_name", "region_code", "region_name", "source"]
# Characteristic as the census labels it: the cohort dimension of the warehouse and its value in the pupils feed.
CENSUS_COHORTS = {
    "All pupils": ("all", "all"),
    "FSM: Eligible": ("fsm", "Y"),
    "FSM: Not eligible": ("fsm", "N"),
    "SEN provision: No SEN": ("sen_status", "N"),
    "SEN provision: SEN support": ("sen_status", "K"),
    "SEN provision: EHC plan": ("sen_status", "E"),
    "Sex: Female": ("sex", "F"),
    "Sex: Male": ("sex", "M"),
}
# The same figure may be in two files; the first file named here speaks for it.
CENSUS_FILES = ("LAIT", "EES1819CHAR", "BANDS")
LAIT_REGIONS = {
    "970": "E92000001",
    "980": "E12000001",
    "981": "E12000002",
    "982": "E12000003",
    "983": "E12000004",
    "984": "E12000005",
    "985": "E12000006",
    "986": "E12000007",
    "989": "E12000008",
    "990": "E12000009",
}

Row = dict[str, str]


def number(text: str, digits: int | None = None) -> str:
    """A published number as text, rounded when `digits` is given; empty for a suppression symbol (c, x, z, low, :)."""
    try:
        value = float(text)
    except ValueError:
        return ""
    return f"{value:.{digits}f}".rstrip("0").rstrip(".") if digits is not None else text.strip()


def published_to(path: Path) -> str:
    """The last day that a file's figures cover, where its name says so; empty where it covers the whole window."""
    named = re.search(r"_to_(\d{4}-\d\d-\d\d)", path.stem)
    return named.group(1) if named else ""


def daily_rows(folder: Path) -> Iterator[Row]:
    """Every row of the daily series' files, one per academic year, window, geography and phase."""
    for path in sorted((folder / "attendance_daily_series").glob("*.csv")):
        with path.open(encoding="utf-8-sig", newline="") as handle:
            for raw in csv.DictReader(handle):
                level = LEVELS[raw["geographic_level"]]
                period = raw["time_period"]
                phase = (raw.get("school_type") or raw["education_phase"]).lower()
                yield {
                    "academic_year": f"{period[:4]}/{period[4:]}",
                    "time_window": WINDOWS[raw["time_identifier"]],
                    "geography_level": level,
                    "geography_code": raw[CODE_COLUMNS[level]],
                    "geography_name": raw[NAME_COLUMNS[level]],
                    "school_phase": phase,
                    **{column: number(raw[column]) for column in SESSION_COLUMNS},
                    "enrolments": number(raw["enrolments"], 1),
                    **{name: number(raw[rate], 10) if phase == "total" else "" for name, rate in TOTAL_RATES.items()},
                    "persistent_absence_percent": number(raw["pa_perc"], 10),
                    "as_published_to": published_to(path),
                    "series": "daily",
                    "source": path.name,
                    "region_code": raw["region_code"],
                    "region_name": raw["region_name"],
                }


def census_rows(folder: Path, names: dict[str, str]) -> Iterator[Row]:
    """The census series for England and its regions, full year, one figure a row; `names` gives each region's name."""
    with gzip.open(folder / "benchmarks.csv.gz", "rt", encoding="utf-8", newline="") as handle:
        for raw in csv.DictReader(handle):
            code = LAIT_REGIONS.get(raw["geography_code"], raw["geography_code"])
            if raw["geography"] == "England":
                code = "E92000001"
            measure = raw["measure"].removesuffix("_rate")
            wanted = (
                raw["series"] == "census"
                and raw["source"] in CENSUS_FILES
                and raw["period"] == "full_year_6_half_terms"
                and raw["phase"] in ("primary", "secondary", "special", "total")
                and raw["characteristic"] in CENSUS_COHORTS
                and measure in CENSUS_MEASURES
                and code in names
            )
            if wanted and number(raw["value_percent"]):
                dimension, cohort = CENSUS_COHORTS[raw["characteristic"]]
                yield {
                    "academic_year": raw["academic_year"],
                    "time_window": "year",
                    "geography_level": LEVELS[raw["geography_level"]],
                    "geography_code": code,
                    "geography_name": names[code],
                    "school_phase": raw["phase"],
                    "cohort_dimension": dimension,
                    "cohort": cohort,
                    "measure": measure,
                    "percent": number(raw["value_percent"], 10),
                    "series": "census",
                    "source": raw["source"],
                }


def write(name: str, header: list[str], rows: list[Row], keys: int) -> None:
    """Write a seed sorted by its first `keys` columns; refuse two rows with the same key."""
    rows = sorted(rows, key=lambda row: [row[column] for column in header[:keys]])
    seen = {tuple(row[column] for column in header[:keys]) for row in rows}
    if len(seen) != len(rows):
        raise SystemExit(f"{name}: {len(rows) - len(seen)} rows repeat the key {', '.join(header[:keys])}.")
    with (SEEDS / name).open("w", encoding="utf-8", newline="") as handle:
        writer = csv.DictWriter(handle, header, extrasaction="ignore", lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    print(f"{name}: {len(rows)} rows")


def main(folder: Path) -> None:
    """Read DfE's files in `folder` and write the three seeds."""
    daily = list(daily_rows(folder))
    write("dfe_daily_series.csv", DAILY_HEADER, daily, keys=6)

    names = {
        row["geography_code"]: row["geography_name"] for row in daily if row["geography_level"] != "local_authority"
    }
    figures: dict[tuple[str, ...], Row] = {}
    for row in census_rows(folder, names):
        key = tuple(row[column] for column in CENSUS_HEADER[:9])
        held = figures.get(key)
        if held is None or CENSUS_FILES.index(row["source"]) < CENSUS_FILES.index(held["source"]):
            figures[key] = row
    write("dfe_census_series.csv", CENSUS_HEADER, list(figures.values()), keys=9)

    authorities = {
        row["geography_code"]: {
            "la_code": row["geography_code"],
            "la_name": row["geography_name"],
            "region_code": row["region_code"],
            "region_name": row["region_name"],
            "source": "DfE, Pupil attendance in schools: " + row["source"],
        }
        for row in sorted(daily, key=lambda row: (row["academic_year"], row["source"]))
        if row["geography_level"] == "local_authority"
    }
    write("local_authorities.csv", LA_HEADER, [*authorities.values()], keys=1)


if __name__ == "__main__":
    if len(sys.argv) != 2:
        raise SystemExit("Usage: make_dfe_seeds.py FOLDER (the folder with DfE's files; see seeds/README.md)")
    main(Path(sys.argv[1]))
