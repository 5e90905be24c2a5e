"""The chain of releases: what a run is compared with, and what it keeps for the next one.

A run is compared with the newest whole release, by name: that is the last thing that was published, also after a
rollback to an older one. What it reads of it lies in the run's folder as links (`runs/work/<run_id>/previous/`), and
goes with it. The log of published figures is carried on from release to release, so each release holds all of it.
"""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import duckdb

from dashboards.disclosed import RECORD
from ingestion.identity import key_changes_file
from ingestion.previous import (
    COMPARED,
    FIRST,
    FROZEN,
    LEDGER,
    NOT_COMPARABLE,
    SLICED,
    TABLES,
    link_previous,
    write_run,
    write_without_previous,
)
from ingestion.trust import TrustFolder
from orchestration.parquet import Contents, write_tables
from orchestration.release import manifest_of, newest_release, releases
from orchestration.workspace import Workspace


def of_newest_release(folder: TrustFolder, part: str) -> Path | None:
    """A part (`site`, `reports`) of the newest whole release that has it, for what the next can take over; or None."""
    whole = (folder.releases / name for name in reversed(releases(folder)) if manifest_of(folder.releases / name))
    return next((release / part for release in whole if (release / part).is_dir()), None)


def prepare_previous(workspace: Workspace) -> str:
    """Lay out what dbt reads of the newest release, and return how the run stands to it.

    first: there is none. compared: it is laid out. not_comparable: it was made by a version that kept no such tables,
    so the log of published figures begins with this run.
    """
    started = dt.datetime.fromisoformat(workspace.noted("started_at"))
    target, release = workspace.root / "previous", newest_release(workspace.folder)
    if release is not None and link_previous(release, target, key_changes_file(workspace.folder)):
        write_run(target, workspace.run_id, started, release.name, COMPARED)
        return COMPARED
    status = FIRST if release is None else NOT_COMPARABLE
    write_without_previous(target, workspace.run_id, started, status)
    return status


def newest_record(folder: TrustFolder) -> Path | None:
    """The newest release's record of what was hidden outside its school, or None where no release has one.

    By name, so also that of a release which was rolled back: people have seen it. Each record holds all before it.
    """
    records = (folder.releases / name / RECORD for name in reversed(releases(folder)))
    return next((record for record in records if record.is_file()), None)


def freeze(work_db: Path, release: Path, previous: Path | None = None, earlier: Contents | None = None) -> Contents:
    """Keep with a release the working tables that the next run compares itself with; returns what their files hold.

    previous: the ledger of the release before, from which what is the same is linked; earlier: what this returned then.
    """
    kept = {name: f"(select {', '.join(TABLES[name][1])} from intermediate.{model})" for name, model in LEDGER.items()}
    with duckdb.connect(str(work_db), read_only=True) as work:
        return write_tables(work, kept, release / FROZEN, previous, earlier, SLICED)
