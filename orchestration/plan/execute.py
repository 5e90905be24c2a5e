"""A plan executed in DuckDB: node after node in one connection, then every check.

A node runs on all cores by itself, so that nodes side by side would gain nothing and cost memory. Belongs here: what
dbt's materialisations do, in a few lines. Does not belong here: what is built (the plan), which part of it (slices).
"""

from __future__ import annotations

import shutil
import time
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from orchestration.plan.make import Maker
from orchestration.plan.nodes import Plan
from orchestration.plan.slices import Slices

# The names dbt's profile gives the two databases; the compiled SQL bears them.
WAREHOUSE, WORK = "warehouse", "work"
# Many small changes of large tables: to write them into the files each time that 16 MB have gathered, as is usual,
# costs a fifth of a night's build.
_GATHERED = "1GB"


@dataclass(frozen=True)
class NodeResult:
    """How one seed, model or test ended.

    unique_id: dbt's name of it. status: success, error or skipped; of a test pass, fail or error. failures: the rows a
    test found, None where it could not count. error: the kind of exception. is_whole: a table that was built whole
    although it has slices.
    """

    unique_id: str
    status: str
    seconds: float
    failures: int | None = None
    error: str | None = None
    is_whole: bool = False


def open_build(warehouse: Path, work: Path, settings: Mapping[str, Any]) -> duckdb.DuckDBPyConnection:
    """A connection that builds: the warehouse as the main database, the working tables beside it as `work`.

    Larger-than-memory work spills into the folder of the working tables.
    """
    connection = duckdb.connect(str(warehouse), config={**settings, "temp_directory": str(work.parent / "spill")})
    connection.execute(f"attach {_text(str(work))} as {WORK}")
    return connection


def start_from_seeds(seeds: Path, warehouse: Path, work: Path) -> None:
    """Begin a build from nothing: a warehouse that holds the seeds alone, and no working tables."""
    for path in (warehouse, work):
        path.unlink(missing_ok=True)
    shutil.copyfile(seeds, warehouse)


def build(
    connection: duckdb.DuckDBPyConnection, plan: Plan, project: Path, changed: Slices | None = None
) -> Iterator[NodeResult]:
    """Build every node of the plan, whose seeds are there already, and yield how each ended.

    What hangs on a node that failed is skipped. project: the dbt project, where the models in Python lie. changed: the
    slices to build again in databases that hold an earlier build; without it every table is made from nothing.
    """
    for schema in sorted({node.relation.rsplit(".", 1)[0] for node in plan.nodes}):
        connection.execute(f"create schema if not exists {schema}")
    maker = Maker(connection, plan, project)
    if changed is not None:
        connection.execute(f"set checkpoint_threshold = '{_GATHERED}'")
        maker.note_pupils(changed)
    broken: set[str] = set()
    for node in plan.nodes:
        started, status, error, is_whole = time.monotonic(), "success", None, False
        if broken.intersection(node.parents):
            broken.add(node.unique_id)
            status = "skipped"
        elif node.kind != "seed":
            try:
                is_whole = maker.make(node, changed)
            except (duckdb.Error, ArithmeticError, LookupError, TypeError, ValueError) as failed:
                broken.add(node.unique_id)
                status, error = "error", type(failed).__name__
        yield NodeResult(node.unique_id, status, time.monotonic() - started, error=error, is_whole=is_whole)


def check(
    connection: duckdb.DuckDBPyConnection,
    plan: Plan,
    project: Path,
    changed: Slices | None = None,
    whole: Collection[str] = (),
) -> Iterator[NodeResult]:
    """Run every check of the plan on what is built, and yield how each ended.

    changed: the slices that were built again; what was not had passed when it was built. whole: the tables that were
    built whole although they have slices.
    """
    maker = Maker(connection, plan, project)
    for one in plan.checks:
        started, failures, error = time.monotonic(), None, None
        try:
            everything = one.severity != "error" or not set(whole).isdisjoint(one.parents)
            failures = maker.findings(one, None if everything else changed)
            status = "fail" if failures else "pass"
        except duckdb.Error as failed:
            status, error = "error", type(failed).__name__
        yield NodeResult(one.unique_id, status, time.monotonic() - started, failures, error)


def _text(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"
