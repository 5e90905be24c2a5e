"""What a run leaves for the next one to go on from: its working tables, beside the release that they belong to.

The next run copies that release's warehouse, takes the working tables over and builds again only the slices that
changed. Belongs here: when that may be done, and where the tables lie meanwhile (`runs/kept/`). Does not belong here:
what a change touches (plan/changes.py). A run that breaks off leaves nothing to go on from: the next one builds
everything. So does the first run a week after everything was built: deleted rows give their room back, and should a
table ever have gone wrong slice by slice, it is so no longer.
"""

from __future__ import annotations

import datetime as dt
import json
import os
import shutil
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

import duckdb

from ingestion.changes import changed_since
from ingestion.trust import Trust, TrustFolder
from orchestration.dbt_manifest import ready_plan
from orchestration.parquet import Changed, Slice
from orchestration.plan.beyond import Reach
from orchestration.plan.changes import changed_slices
from orchestration.plan.slices import SCHOOL, YEAR, Slices
from orchestration.release import WAREHOUSE, manifest_of, newest_release
from orchestration.workspace import Workspace, write_json

_FOLDER, _TABLES, _NOTE, _SLICES, _REACH = "kept", "work.duckdb", "build.json", "slices", "reach"
_EVERYTHING_AT = "everything_at"
_PAIR = (SCHOOL, YEAR)  # what a pair of slices_built is
# What must be as it was for anything kept to be of use; the other parts of a state are extracts, days and settings that
# no table of an earlier day depends on.
_SAME = ("code", "trust", "key")
_GO_ON_FOR = dt.timedelta(days=7)


def keep(workspace: Workspace, release: Path) -> None:
    """Keep a published run's working tables for the next run. release: the folder of what it published."""
    started = workspace.noted("started_at")
    everything_at = started if slices_built(workspace) is None else workspace.noted(_EVERYTHING_AT, started)
    forget(workspace.folder)
    kept = workspace.folder.runs / _FOLDER
    kept.mkdir(parents=True)
    os.replace(workspace.work_db, kept / _TABLES)
    write_json(kept / _NOTE, {"release": release.name, _EVERYTHING_AT: everything_at})


def forget(folder: TrustFolder) -> None:
    """Keep nothing: the next run builds everything."""
    shutil.rmtree(folder.runs / _FOLDER, ignore_errors=True)


def go_on(workspace: Workspace, trust: Trust) -> Slices | None:
    """Lay an earlier build out for this run and return the slices to build again; None to build everything.

    Takes the working tables away from where they were kept: should the run fail, the next one builds everything.
    """
    folder = workspace.folder
    kept, release = folder.runs / _FOLDER, newest_release(folder)
    if release is None or not (kept / _NOTE).is_file() or not (kept / _TABLES).is_file():
        return None
    manifest = manifest_of(release)
    note = json.loads((kept / _NOTE).read_text(encoding="utf-8"))
    is_same = manifest is not None and _is_comparable(manifest.get("state"), workspace.noted("state"))
    if manifest is None or not is_same or note["release"] != release.name or _is_old(note, workspace):
        forget(folder)
        return None
    workspace.note(_EVERYTHING_AT, note[_EVERYTHING_AT])
    changes = changed_since(folder, manifest)
    as_of = dt.date.fromisoformat(manifest["as_of"]), trust.as_of
    with closing(duckdb.connect(str(release / WAREHOUSE), read_only=True)) as earlier:
        earlier.execute(f"attach '{str(kept / _TABLES).replace(chr(39), chr(39) * 2)}' as work (read_only)")
        changed = changed_slices(earlier, changes, {school.slug: school.urn for school in trust.schools}, as_of)
    if changed is not None:
        shutil.copyfile(release / WAREHOUSE, workspace.warehouse)
        os.replace(kept / _TABLES, workspace.work_db)
    forget(folder)
    return changed


def note_slices(workspace: Workspace, changed: Slices | None) -> None:
    """Note which slices the run builds again, for the stages after the warehouse."""
    workspace.note(_SLICES, None if changed is None else sorted(changed.pairs))


def note_reach(workspace: Workspace, tables: Mapping[str, Reach]) -> None:
    """Note of which tables with slices the run built more than those (orchestration/plan/beyond.py), by their names."""
    workspace.note(_REACH, {name: reach.value for name, reach in sorted(tables.items()) if reach > Reach.SLICES})


def slices_built(workspace: Workspace) -> set[tuple[int, str]] | None:
    """The slices (school_urn, academic year) that this run built again; None where it built everything."""
    noted = workspace.noted(_SLICES)
    return None if noted is None else {(int(school), str(year)) for school, year in noted}


def schools_built(workspace: Workspace, trust: Trust) -> set[str] | None:
    """The slugs of the schools of which this run built anything again; None where that may be all of them."""
    pairs = slices_built(workspace)
    if pairs is None or Reach.ALL in _reached(workspace).values():
        return None
    built = {school for school, _ in pairs}
    return {school.slug for school in trust.schools if school.urn in built}


def cut_tables() -> dict[str, tuple[str, ...]]:
    """The marts of which a release keeps several Parquet files, and the columns by which they are cut (`meta.files`):
    so the files of a school's years, or of all schools' years, in which nothing changed are those of before."""
    return {node.name: tuple(node.meta["files"]) for node in ready_plan().nodes if node.meta.get("files")}


def what_changed(workspace: Workspace) -> Changed:
    """Tells of a file of `cut_tables`, by the values of its columns, whether this run may have built rows of it."""
    pairs, reached = slices_built(workspace), _reached(workspace)
    built_by = {node.name: node.slice for node in ready_plan().nodes}
    # For each table: where in the values of a file those are by which it was built, and which of them were.
    reach: dict[str, tuple[list[int], set[Slice]]] = {}
    for name, columns in cut_tables().items():
        by = reached.get(name, Reach.SLICES).of(columns)
        told = [column for column in by if column in built_by[name]]
        values = {tuple(dict(zip(_PAIR, pair, strict=True))[column] for column in told) for pair in pairs or ()}
        reach[name] = [columns.index(column) for column in told], values

    def changed(table: str, values: Slice) -> bool:
        places, built = reach[table]
        return pairs is None or not places or tuple(values[place] for place in places) in built

    return changed


def _reached(workspace: Workspace) -> dict[str, Reach]:
    return {name: Reach(reach) for name, reach in workspace.noted(_REACH, {}).items()}


def _is_comparable(before: dict[str, Any] | None, now: dict[str, Any] | None) -> bool:
    return before is not None and now is not None and all(before.get(part) == now.get(part) for part in _SAME)


def _is_old(note: dict[str, Any], workspace: Workspace) -> bool:
    moments = (dt.datetime.fromisoformat(text) for text in (note[_EVERYTHING_AT], workspace.noted("started_at")))
    everything_at, now = moments
    return now - everything_at >= _GO_ON_FOR
