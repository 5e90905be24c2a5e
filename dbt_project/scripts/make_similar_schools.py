"""Make the seeds for similar schools from the values that the Department for Education publishes of schools.

In: a folder with the files of DfE's sector service: sap_similar_schools_{primary,secondary}_values.csv (a school's
characteristics), sap_similar_schools_primary_groups.csv (its published distances), sap_school_absence_3yr.csv and
sap_schools_gias_subset.csv.
Out: seeds/similar_schools/{published_school_values,published_school_absence,similar_school_weights,
published_distances}.csv, in a fixed order.
The weights of the primary formula are solved from the published distances by least squares. For secondary schools none
are published: each characteristic gets the share that it has of the primary distances' variance, by the variance of its
values among secondary schools, and the row says that this is Rollcall's own.
Run it when DfE publishes: `python dbt_project/scripts/make_similar_schools.py FOLDER`.
"""

from __future__ import annotations

import csv
import sys
from pathlib import Path

import numpy as np

SEEDS = Path(__file__).resolve().parents[1] / "seeds" / "similar_schools"
SERVICE = "DfE, sector service: similar schools"
# DfE's columns on the left, the warehouse's names on the right; the same order in both phases.
PRIMARY = {
    "PPPerc": "pupil_premium_percent",
    "Polar4QuintilePupils": "polar4_quintile",
    "PStability": "stability_percent",
    "PercentSchSupport": "sen_support_percent",
    "PercentEAL": "english_additional_language_percent",
    "IdaciPupils": "idaci_score",
    "PercentageStatementOrEhp": "ehc_plan_percent",
    "NumberOfPupils": "number_of_pupils",
    "Ks1PriorRwmAverage": "prior_attainment",
}
SECONDARY = {
    {"PercentageStatementOrEhp": "PercentageStatementOrEHP", "Ks1PriorRwmAverage": "KS2MRP"}.get(column, column): name
    for column, name in PRIMARY.items()
}
NAMES = list(PRIMARY.values())
# Published with the values: standard deviations over all 3,262 secondary schools.
SECONDARY_DEVIATIONS = {
    "pupil_premium_percent": 14.21,
    "polar4_quintile": 1.002,
    "stability_percent": 6.83,
    "sen_support_percent": 5.70,
    "english_additional_language_percent": 18.07,
    "idaci_score": 0.0777,
    "ehc_plan_percent": 1.969,
    "number_of_pupils": 392.5,
    "prior_attainment": 2.547,
}
MEASURES = {
    "sess_overall_percent": "overall_absence_percent",
    "sess_authorised_percent": "authorised_absence_percent",
    "sess_unauthorised_percent": "unauthorised_absence_percent",
    "enrolments_pa_10_exact_percent": "persistent_absence_percent",
}
PAIRS = 300

Row = dict[str, str]


def read(path: Path) -> list[Row]:
    """The rows of a CSV file by heading."""
    with path.open(encoding="utf-8-sig", newline="") as handle:
        return list(csv.DictReader(handle))


def number(text: str) -> str:
    """A published number as text; empty where there is none."""
    try:
        return repr(float(text)).removesuffix(".0")
    except ValueError:
        return ""


def write(name: str, header: list[str], rows: list[Row]) -> None:
    """Write a seed."""
    with (SEEDS / name).open("w", encoding="utf-8", newline="") as handle:
        writer = csv.DictWriter(handle, header, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    print(f"{name}: {len(rows)} rows")


def values(folder: Path) -> list[Row]:
    """One row per school and phase with its characteristics and name."""
    known = {row["URN"]: row for row in read(folder / "sap_schools_gias_subset.csv")}
    found = []
    for phase, columns in (("primary", PRIMARY), ("secondary", SECONDARY)):
        name = f"sap_similar_schools_{phase}_values.csv"
        for row in sorted(read(folder / name), key=lambda row: int(row["URN"])):
            school = known.get(row["URN"], {})
            found.append(
                {
                    "school_phase": phase,
                    "school_urn": row["URN"],
                    "school_name": school.get("EstablishmentName", ""),
                    **{ours: number(row[theirs]) for theirs, ours in columns.items()},
                    "source": f"{SERVICE}: {name}",
                }
            )
    return found


def absence(folder: Path, wanted: set[str]) -> list[Row]:
    """One row per school and academic year with the percentages published of it."""
    found: dict[tuple[str, str], Row] = {}
    name = "sap_school_absence_3yr.csv"
    for row in read(folder / name):
        if row["urn"] in wanted and row["measure"] in MEASURES:
            year = f"{row['time_period'][:4]}/{row['time_period'][4:]}"
            empty = {"school_urn": row["urn"], "academic_year": year, **dict.fromkeys(MEASURES.values(), "")}
            held = found.setdefault((row["urn"], year), {**empty, "source": name})
            held[MEASURES[row["measure"]]] = number(row["value_percent"])
    return [found[key] for key in sorted(found, key=lambda key: (int(key[0]), key[1]))]


def solved(schools: dict[str, Row], pairs: list[Row]) -> np.ndarray:
    """The weights with which the published distances come out of the published values."""
    both = [pair for pair in pairs if pair["URN"] in schools and pair["NeighbourURN"] in schools]
    here = np.array([[float(schools[pair["URN"]][name]) for name in NAMES] for pair in both])
    there = np.array([[float(schools[pair["NeighbourURN"]][name]) for name in NAMES] for pair in both])
    squares = (here - there) ** 2
    scale = squares.max(axis=0)
    target = np.array([float(pair["Dist"]) for pair in both]) ** 2
    weights = np.linalg.lstsq(squares / scale, target, rcond=None)[0] / scale
    worst = np.abs(np.sqrt(squares @ weights) - np.sqrt(target)).max()
    if worst > 1e-10:
        raise SystemExit(f"The published distances do not follow from the values (off by {worst}).")
    return weights


def main(folder: Path) -> None:
    """Read DfE's files in `folder` and write the seeds."""
    SEEDS.mkdir(exist_ok=True)
    schools = values(folder)
    write("published_school_values.csv", list(schools[0]), schools)
    figures = absence(folder, {row["school_urn"] for row in schools})
    write("published_school_absence.csv", list(figures[0]), figures)
    pairs = read(folder / "sap_similar_schools_primary_groups.csv")
    primary = {row["school_urn"]: row for row in schools if row["school_phase"] == "primary"}
    weights = solved(primary, pairs)
    spread = np.array([[float(row[name]) for name in NAMES] for row in primary.values()]).var(axis=0)
    shares = weights * spread / (weights * spread).sum()
    own = [float(share) / SECONDARY_DEVIATIONS[name] ** 2 for name, share in zip(NAMES, shares, strict=True)]
    sources = {
        "primary": f"{SERVICE}: solved from its published primary distances",
        "secondary": "Rollcall: share of the variance of DfE's primary distances, by the variance "
        "among secondary schools",
    }
    rows = [
        {
            "school_phase": phase,
            "characteristic": name,
            "characteristic_order": str(order),
            "weight": repr(float(weight)),
            "valid_from": "2005-08-01",
            "valid_to": "",
            "source": sources[phase],
        }
        for phase, several in (("primary", weights), ("secondary", own))
        for order, (name, weight) in enumerate(zip(NAMES, several, strict=True), start=1)
    ]
    write("similar_school_weights.csv", list(rows[0]), rows)
    both = [pair for pair in pairs if pair["URN"] in primary and pair["NeighbourURN"] in primary]
    every = both[:: max(1, len(both) // PAIRS)][:PAIRS]
    known = [
        {"school_urn": pair["URN"], "neighbour_urn": pair["NeighbourURN"], "distance": pair["Dist"], "source": SERVICE}
        for pair in every
    ]
    write("published_distances.csv", list(known[0]), known)


if __name__ == "__main__":
    if len(sys.argv) != 2:
        raise SystemExit("Usage: make_similar_schools.py FOLDER (the folder with DfE's files; see seeds/README.md)")
    main(Path(sys.argv[1]))
