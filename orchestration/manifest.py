"""What a release says of itself: manifest.json.

It answers, without opening the warehouse: which extracts went in, which rules were in force, what every check said,
how many rows each table has, and which versions of everything made it.
"""

from __future__ import annotations

import subprocess
from collections.abc import Mapping
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import duckdb

from ingestion.previous import FROZEN
from ingestion.trust import TrustFolder, load_trust
from orchestration.fingerprint import now, state_of
from orchestration.parquet import FOLDER
from orchestration.release import WAREHOUSE
from orchestration.workspace import REPO, Workspace
from quality.outcomes import Outcome

_PACKAGES = (
    "rollcall",
    "dagster",
    "dagster-dbt",
    "dbt-core",
    "dbt-duckdb",
    "duckdb",
    "great-expectations",
    "pandera",
    "polars",
    "pyarrow",
)


def build_manifest(workspace: Workspace, outcomes: list[Outcome]) -> dict[str, Any]:
    """The manifest of this run's candidate. Reads the candidate's warehouse and the lake's list of extracts."""
    folder = workspace.folder
    trust = load_trust(folder.root)
    candidate = workspace.candidate
    return {
        "release_id": workspace.run_id,
        "trust": trust.name,
        "as_of": trust.as_of.isoformat(),
        "started_at": workspace.noted("started_at"),
        "finished_at": now().isoformat(),
        "dashboards": (candidate / "site").is_dir(),
        "inputs": inputs(folder),
        "rows": workspace.noted("rows", {}),
        FOLDER: workspace.noted(FOLDER, {}),
        FROZEN: workspace.noted(FROZEN, {}),
        "rules": rules_in_force(candidate / WAREHOUSE),
        "extracts_held": extracts_held(outcomes),
        "checks": [vars(outcome) for outcome in outcomes],
        "versions": versions(),
        # Taken when the lake had been read: a file that lands while the release is made is new to the next run.
        "state": workspace.noted("state") or state_of(folder, trust),
    }


def extracts_held(outcomes: list[Outcome]) -> int:
    """How many extracts await review, by the check of that name."""
    return next((o.failed_rows or 0 for o in outcomes if o.check == "extracts_held" and not o.passed), 0)


def inputs(folder: TrustFolder) -> list[dict[str, Any]]:
    """Every extract the release rests on: extract_id, kind, school (slug), sha256, rows, what `ingestion.changes` goes
    by (version, first_date, last_date) and, where somebody decided about it, the decision; in order of export."""
    listed = folder.lake / "reference" / "extracts.parquet"
    if not listed.is_file():
        return []
    found = duckdb.execute(
        "select extract_id, kind, slug as school, sha256, rows, version, cast(first_date as varchar) as first_date,"
        " cast(last_date as varchar) as last_date, decision from read_parquet(?) as listed"
        " left join read_parquet(?) as decisions using (extract_id, slug) order by exported_at, extract_id, slug",
        [str(listed), str(folder.reference / "decisions.parquet")],
    )
    names = [column[0] for column in found.description or []]
    return [dict(zip(names, row, strict=True)) for row in found.fetchall()]


def rules_in_force(warehouse: Path) -> list[Mapping[str, Any]]:
    """The rules of dim_rule that hold today, with the trust's own values put in; [] without that table."""
    with duckdb.connect(str(warehouse), read_only=True) as connection:
        if not connection.execute(
            "select 1 from duckdb_tables() where schema_name = 'marts' and table_name = 'dim_rule'"
        ).fetchone():
            return []
        found = connection.execute("from marts.dim_rule where valid_to is null order by rule_name")
        names = [column[0] for column in found.description or []]
        kept = [name for name in names if name not in ("description", "source", "valid_to")]
        return [{name: row[names.index(name)] for name in kept} for row in found.fetchall()]


def versions() -> dict[str, str | None]:
    """The versions of the product and of what it stands on; git is the commit, where the checkout has one."""
    found: dict[str, str | None] = {}
    for package in _PACKAGES:
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            found[package] = None
    asked = subprocess.run(
        ["git", "-C", str(REPO), "rev-parse", "--short=12", "HEAD"], capture_output=True, text=True, check=False
    )
    found["git"] = asked.stdout.strip() or None if asked.returncode == 0 else None
    return found
