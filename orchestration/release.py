"""A release: one immutable folder of everything that was published together, and the pointer to the newest one.

Write, audit, publish. A candidate is put together beside the releases under a name that nobody reads; the release
step reads what this run's checks said and refuses or goes on; publishing is a rename of the folder and then of one
symlink, so a reader sees the old release or the new one, never half of either. A refused warehouse is kept under
`runs/refused/` with what its checks said, the newest one only: it is for finding the fault, not for use.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import duckdb

from ingestion.trust import TrustError, TrustFolder
from orchestration.parquet import FOLDER, Changed, write_tables
from orchestration.workspace import PARTIAL, Workspace, write_json
from quality.outcomes import Outcome

MANIFEST = "manifest.json"
WAREHOUSE = "warehouse.duckdb"

# Every stage whose outcomes a release must be able to show; one that did not report did not run.
REQUIRED_STAGES = ("dbt", "great_expectations", "rollcall")


class RefusedError(Exception):
    """The release was refused; `.args[0]` says why in one sentence and `.reasons` lists the failed checks."""

    def __init__(self, reasons: list[str]) -> None:
        self.reasons = reasons
        more = f" (and {len(reasons) - 1} more)" if len(reasons) > 1 else ""
        super().__init__(f"The release was refused: {reasons[0].rstrip('.')}{more}.")


def audit(workspace: Workspace) -> list[Outcome]:
    """Everything this run's checks said. Raises RefusedError when a stage left nothing or an error check failed."""
    stages = workspace.outcomes()
    reasons = [f"the checks of {stage} did not run in this run." for stage in REQUIRED_STAGES if stage not in stages]
    outcomes = [outcome for stage in stages.values() for outcome in stage]
    reasons += [outcome.message for outcome in outcomes if outcome.refuses]
    if reasons:
        raise RefusedError(reasons)
    return outcomes


def assemble(
    workspace: Workspace,
    sliced: Mapping[str, Sequence[str]] | None = None,
    changed: Changed | None = None,
) -> dict[str, int]:
    """Make the candidate: the warehouse closed and alone, each marts table as Parquet, and the data docs.

    sliced and changed: as write_tables takes them; Parquet files that would be the same as those of the newest release
    are linked from there. Returns the rows of each table of the warehouse ("marts.fct_bands": 123). The build file
    moves, it is not copied.
    """
    candidate = workspace.candidate
    shutil.rmtree(candidate, ignore_errors=True)
    candidate.mkdir(parents=True)
    settle(workspace.warehouse)
    os.replace(workspace.warehouse, candidate / WAREHOUSE)
    if workspace.data_docs.is_dir():
        shutil.move(workspace.data_docs, candidate / "data_docs")
    with duckdb.connect(str(candidate / WAREHOUSE), read_only=True) as warehouse:
        rows = table_rows(warehouse)
        marts = {table.removeprefix("marts."): table for table in rows if table.startswith("marts.")}
        before, known = before_this(workspace.folder, FOLDER)
        workspace.note(FOLDER, write_tables(warehouse, marts, candidate / FOLDER, before, known, sliced, changed))
    workspace.note("rows", rows)
    return rows


def settle(warehouse: Path) -> None:
    """Write the file's log into it and see that none is left: a stale log beside a moved file would corrupt it."""
    with duckdb.connect(str(warehouse)) as connection:
        connection.execute("checkpoint")
    left = warehouse.with_name(warehouse.name + ".wal")
    if left.exists():
        raise RuntimeError(f"{left.name} is still there after the checkpoint; the warehouse was not closed.")


def table_rows(warehouse: duckdb.DuckDBPyConnection) -> dict[str, int]:
    """The number of rows of each table in the warehouse, by schema.table, in order of name."""
    tables = warehouse.execute(
        "select schema_name, table_name from duckdb_tables() where not internal order by all"
    ).fetchall()
    counted = {}
    for schema, name in tables:
        found = warehouse.execute(f'select count(*) from "{schema}"."{name}"').fetchone()
        counted[f"{schema}.{name}"] = int(found[0]) if found else 0
    return counted


def publish(workspace: Workspace, manifest: Mapping[str, Any]) -> Path:
    """Give the candidate its manifest and its name, and point published/current at it. Returns its folder."""
    candidate, release = workspace.candidate, workspace.folder.releases / workspace.run_id
    write_json(candidate / MANIFEST, manifest)
    os.replace(candidate, release)
    _sync(workspace.folder.releases)
    point_at(workspace.folder, release.name)
    return release


def finish_publishing(folder: TrustFolder) -> None:
    """Publish the newest release where the run that made it died between naming it and pointing at it. Under the lock.

    It had passed its checks when it got its name. A run that ended left a summary: its release is let be, so that a
    rollback stays until the next release.
    """
    whole = [name for name in releases(folder) if manifest_of(folder.releases / name) is not None]
    if not whole or (folder.runs / f"{whole[-1]}.json").exists():
        return
    current = current_release(folder)
    if current is None or current.name < whole[-1]:
        point_at(folder, whole[-1])


def point_at(folder: TrustFolder, release_id: str) -> None:
    """Point published/current at a release by one atomic rename."""
    folder.published.mkdir(exist_ok=True)
    link = folder.published / f".current.{os.getpid()}"
    link.unlink(missing_ok=True)
    link.symlink_to(Path("..") / "releases" / release_id)
    os.replace(link, folder.current)
    _sync(folder.published)


def rollback(folder: TrustFolder, release_id: str) -> dict[str, Any]:
    """Point published/current at an earlier release and return its manifest.

    Raises TrustError when there is no such release, or it is not whole.
    """
    known = releases(folder)
    if release_id not in known:
        there = f"the releases are {', '.join(known)}" if known else "there is none yet; run `rollcall run`"
        raise TrustError(f"There is no release {release_id} in {folder.releases}; {there}.")
    manifest = manifest_of(folder.releases / release_id)
    if manifest is None or not (folder.releases / release_id / WAREHOUSE).is_file():
        raise TrustError(f"The release {release_id} has no manifest or no warehouse; choose another one.")
    point_at(folder, release_id)
    return manifest


def releases(folder: TrustFolder) -> list[str]:
    """The releases of the trust, oldest first."""
    if not folder.releases.is_dir():
        return []
    return sorted(p.name for p in folder.releases.iterdir() if p.is_dir() and not p.name.endswith(PARTIAL))


def newest_release(folder: TrustFolder) -> Path | None:
    """The newest release that has its manifest and its warehouse, or None; also one that was rolled back."""
    for name in reversed(releases(folder)):
        release = folder.releases / name
        if manifest_of(release) is not None and (release / WAREHOUSE).is_file():
            return release
    return None


def before_this(folder: TrustFolder, part: str) -> tuple[Path | None, dict[str, Any]]:
    """A folder of tables of the newest release, and what its manifest says that it holds; (None, {}) without one."""
    release = newest_release(folder)
    return (release / part, (manifest_of(release) or {}).get(part, {})) if release else (None, {})


def manifest_of(release: Path) -> dict[str, Any] | None:
    """A release's manifest, or None where there is none that can be read."""
    try:
        found = json.loads((release / MANIFEST).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return found if isinstance(found, dict) else None


def current_release(folder: TrustFolder) -> Path | None:
    """The real folder of the release published now; by its real path, so that a swap leaves a reader alone."""
    return folder.current.resolve() if folder.current.exists() else None


def current_or_mend(folder: TrustFolder) -> Path:
    """As `current_release`. Raises TrustError when nothing has been published yet."""
    release = current_release(folder)
    if release is None:
        raise TrustError(f"Nothing has been published in {folder.root} yet; run `rollcall run` first.")
    return release


def keep_refused(workspace: Workspace, outcomes: list[Outcome], reasons: list[str]) -> Path:
    """Set a refused run's warehouse and checks aside under runs/refused/, in place of the one before."""
    aside = workspace.folder.runs / "refused"
    shutil.rmtree(aside, ignore_errors=True)
    kept = aside / workspace.run_id
    kept.mkdir(parents=True)
    for path in (workspace.warehouse, workspace.candidate / WAREHOUSE, workspace.data_docs):
        if path.exists():
            shutil.move(path, kept / path.name)
    write_json(kept / "refused.json", {"reasons": reasons, "checks": [vars(outcome) for outcome in outcomes]})
    return kept


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
