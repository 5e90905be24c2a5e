"""How well code monitoring finds what the synthetic trust's answer key says was planted.

`uv run python bench/code_monitoring.py` makes trusts, takes them in, builds the marts and compares; `--trust DIR` takes
one that was made by `rollcall synth`. Writes bench/results/code_monitoring.json: per planted pattern what was planted,
found and flagged beside it, recall and precision. Counts only; no pupil is named.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from contextlib import closing
from pathlib import Path
from typing import Any

import duckdb

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from ingestion.landing import inboxes, land_inbox
from ingestion.ledger import entries
from ingestion.reference import write_reference
from ingestion.trust import TrustFolder, load_trust
from ingestion.twin import make_trust
from orchestration.dbt_manifest import PROJECT, ready_plan, seeds_database
from orchestration.plan.execute import build as execute
from orchestration.plan.execute import open_build, start_from_seeds

RESULTS = Path(__file__).parent / "results" / "code_monitoring.json"
SIZE: dict[str, Any] = {"schools": 12, "pupils": 3000, "years": 2, "faults": 40}
# Which checks should find a pattern; the others are found by the schools' rates.
CHECKS = {
    "without_end": ["run_without_end"],
    "against_age": ["compulsory_age"],
    "long_suspension": ["suspension_too_long"],
    "outside_years": ["outside_years"],
    "unpaired": ["dual_unpaired", "dual_elsewhere"],
    "closure_of_part": ["closure_of_part_of_year_group"],
}
MARTS = ["fct_code_monitoring", "fct_code_checks"]
RATES = ["overused", "never_resolved"]


def build(root: Path, work: Path) -> Path:
    """Takes in everything that waits in `root` and builds the marts of code monitoring; returns the warehouse."""
    trust = load_trust(root)
    folder = TrustFolder(root).ensure(trust)
    for inbox in inboxes(folder, trust):
        land_inbox(trust, folder, inbox)
    write_reference(trust, folder)
    warehouse = work / "warehouse.duckdb"
    plan = ready_plan().placed({"ROLLCALL_LAKE": str(folder.lake)}).with_parents(MARTS)
    start_from_seeds(seeds_database(), warehouse, work / "work.duckdb")
    with closing(open_build(warehouse, work / "work.duckdb", plan.settings)) as connection:
        for result in execute(connection, plan, PROJECT):
            if result.status != "success":
                raise SystemExit(f"{result.unique_id} could not be built")
    return warehouse


def score(root: Path, warehouse: Path) -> dict[str, Any]:
    """Per planted pattern: planted, found, flagged beside it, recall and precision."""
    key = json.loads((root / "answer_key.json").read_text(encoding="utf-8"))
    found: dict[str, Any] = {}
    with duckdb.connect(str(warehouse), read_only=True) as connection:
        schools = dict(connection.execute("select slug, school_urn from marts.dim_school").fetchall())
        rates = _rates_flagged(connection)
        for misuse in key["misuse"]:
            urn, pattern, code = schools[misuse["school"]], misuse["pattern"], misuse["code"]
            if pattern in RATES:
                planted, flagged = {(urn, code)}, {(school, used) for school, used in rates if used == code}
            elif misuse["year_group"]:
                planted = {(urn, misuse["year_group"])}
                flagged = _flagged(connection, CHECKS[pattern], "year_group")
            else:
                planted = {(urn, pupil) for pupil in _pupils(root, misuse)}
                flagged = _flagged(connection, CHECKS[pattern], "pupil_key", code)
            hits = planted & flagged
            found[pattern] = {
                "school": misuse["school"],
                "code": code,
                "unit": "school and code" if pattern in RATES else "year group" if misuse["year_group"] else "pupil",
                "planted": len(planted),
                "found": len(hits),
                "flagged_beside_it": len(flagged - planted),
                "recall": len(hits) / len(planted) if planted else None,
                "precision": len(hits) / len(flagged) if flagged else None,
            }
        slugs = {urn: slug for slug, urn in schools.items()}
        planted_rates = {
            (schools[misuse["school"]], misuse["code"]) for misuse in key["misuse"] if misuse["pattern"] in RATES
        }
        return {
            "patterns": found,
            "rates_flagged_beside_the_planted": [
                {"school": slugs[urn], "code": code} for urn, code in sorted(rates - planted_rates)
            ],
            "schools_and_codes": {"judged": _judged(connection), "flagged": len(rates), "planted": len(planted_rates)},
        }


def _rates_flagged(connection: duckdb.DuckDBPyConnection) -> set[tuple[int, str]]:
    rows = connection.execute(
        "select distinct school_urn, code from marts.fct_code_monitoring "
        "where monitoring_status = 'high' and period_type = 'year' and population = 'all'"
    )
    return set(rows.fetchall())


def _judged(connection: duckdb.DuckDBPyConnection) -> int:
    row = connection.execute(
        "select count(distinct (school_urn, code)) from marts.fct_code_monitoring "
        "where q_value is not null and period_type = 'year' and population = 'all'"
    ).fetchone()
    return int(row[0]) if row else 0


def _flagged(
    connection: duckdb.DuckDBPyConnection, checks: list[str], unit: str, code: str | None = None
) -> set[tuple[int, str]]:
    rows = connection.execute(
        f"select distinct school_urn, {unit} from marts.fct_code_checks "
        "where list_contains(?, code_check) and code = coalesce(?, code)",
        [checks, code],
    )
    return set(rows.fetchall())


def _pupils(root: Path, misuse: dict[str, Any]) -> set[str]:
    """The pupils of a pattern, by key, from the lines that the answer key names."""
    folder = TrustFolder(root)
    extracts = {(entry.inbox, delivery.file_name): entry for entry in entries(folder) for delivery in entry.deliveries}
    keys = set()
    for line in misuse["rows"]:
        entry = extracts[line["inbox"], line["file"]]
        batches = str(folder.lake / "marks" / "*" / f"{entry.extract_id}.parquet")
        rows = duckdb.execute(
            "select distinct pupil_key from read_parquet(?) where source_row = ?", [batches, line["line"]]
        )
        keys |= {row[0] for row in rows.fetchall()}
    return keys


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--trust", type=Path, help="a synthetic trust's folder (otherwise some are made)")
    parser.add_argument("--seeds", type=int, nargs="+", default=[1, 2, 3], help="a trust is made for each")
    arguments = parser.parse_args()
    if arguments.trust is not None:
        with tempfile.TemporaryDirectory() as scratch:
            print(json.dumps(score(arguments.trust, build(arguments.trust, Path(scratch))), indent=1))
        return
    results = []
    for seed in arguments.seeds:
        with tempfile.TemporaryDirectory() as scratch:
            root = Path(scratch) / "trust"
            make_trust(root, **SIZE, seed=seed)
            results.append({"trust": {**SIZE, "seed": seed}, **score(root, build(root, Path(scratch)))})
            print(json.dumps(results[-1]))
    RESULTS.parent.mkdir(exist_ok=True)
    RESULTS.write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
