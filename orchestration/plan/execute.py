"""A plan executed in DuckDB: every node after its parents, then every check.

A large node runs on all cores by itself, so that nodes side by side would gain nothing and cost memory. Where only some
slices are built again nodes are small, and two run at a time. Belongs here: in which order nodes and checks run, and
how they ended. Does not belong here: how a node is made (make.py), what is built (the plan), which part of it (slices).
"""

from __future__ import annotations

import heapq
import shutil
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from queue import SimpleQueue
from types import MappingProxyType
from typing import Any

import duckdb

from orchestration.plan.beyond import Beyond, Reach
from orchestration.plan.make import Maker
from orchestration.plan.nodes import Check, Node, Plan
from orchestration.plan.slices import Slices

# The names dbt's profile gives the two databases; the compiled SQL bears them.
WAREHOUSE, WORK = "warehouse", "work"
# Many small changes of large tables: to write them into the files each time that 16 MB have gathered, as is usual,
# costs a fifth of a night's build.
_GATHERED = "1GB"
# Beside the tests the release's plausibility is judged in a process of its own, and both have to fit into 3 GB.
_MEMORY_OF_CHECKS = "1500MB"
_FILES = "select database_name from duckdb_databases() where not internal and path is not null"
# How many nodes or checks run at a time where some slices are built again.
_AT_ONCE = 2


@dataclass(frozen=True)
class NodeResult:
    """How one seed, model or test ended.

    unique_id: dbt's name of it. status: success, error or skipped; of a test pass, fail or error. failures: the rows a
    test found, None where it could not count. error: the kind of exception. reach: how much of a table with slices was
    built, because more than the changed ones hang on what changed.
    """

    unique_id: str
    status: str
    seconds: float
    failures: int | None = None
    error: str | None = None
    reach: Reach = Reach.SLICES


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
    if changed is not None:
        connection.execute(f"set checkpoint_threshold = '{_GATHERED}'")
    makers = _Makers(connection, plan, project, changed)
    broken: set[str] = set()

    def make(node: Node) -> NodeResult:
        started, status, error, reach = time.monotonic(), "success", None, Reach.SLICES
        if broken.intersection(node.parents):
            broken.add(node.unique_id)
            status = "skipped"
        elif node.kind != "seed":
            try:
                with makers.one() as maker:
                    reach = maker.make(node, changed)
            except (duckdb.Error, ArithmeticError, LookupError, TypeError, ValueError) as failed:
                broken.add(node.unique_id)
                status, error = "error", type(failed).__name__
        return NodeResult(node.unique_id, status, time.monotonic() - started, error=error, reach=reach)

    yield from _each_after_its_parents(plan.nodes, make, makers.number)


def check(
    connection: duckdb.DuckDBPyConnection,
    plan: Plan,
    project: Path,
    changed: Slices | None = None,
    reached: Mapping[str, Reach] = MappingProxyType({}),
) -> Iterator[NodeResult]:
    """Run every check of the plan on what is built, and yield how each ended.

    changed: the slices that were built again; what was not had passed when it was built. reached: how much
    was built of tables of which more was, by their unique ids.
    """
    # What was built is in memory until it is written into the files, and would not give way.
    for (name,) in connection.execute(_FILES).fetchall():
        connection.execute(f'checkpoint "{name}"')
    connection.execute(f"set memory_limit = '{_MEMORY_OF_CHECKS}'")
    makers = _Makers(connection, plan, project, changed)

    def ask(one: Check) -> NodeResult:
        started, failures, error = time.monotonic(), None, None
        try:
            reach = max((reached.get(parent, Reach.SLICES) for parent in one.parents), default=Reach.SLICES)
            everything = one.severity != "error" or reach is Reach.ALL
            with makers.one() as maker:
                failures = maker.findings(one, None if everything else changed, reach)
            status = "fail" if failures else "pass"
        except duckdb.Error as failed:
            status, error = "error", type(failed).__name__
        return NodeResult(one.unique_id, status, time.monotonic() - started, failures, error)

    with ThreadPoolExecutor(makers.number) as pool:
        yield from pool.map(ask, plan.checks)


class _Makers:
    """Those who make nodes side by side, each in a connection of its own to the databases that `connection` holds.

    number: how many there are.
    """

    def __init__(
        self, connection: duckdb.DuckDBPyConnection, plan: Plan, project: Path, changed: Slices | None
    ) -> None:
        self.number = 1 if changed is None else _AT_ONCE
        self._idle: SimpleQueue[Maker] = SimpleQueue()
        beyond = Beyond(plan)
        for _ in range(self.number):
            maker = Maker(connection.cursor(), plan, project, beyond)
            if changed is not None:
                maker.note_pupils(changed)
            self._idle.put(maker)

    @contextmanager
    def one(self) -> Iterator[Maker]:
        """One that has nothing to do, for as long as the block takes."""
        maker = self._idle.get()
        try:
            yield maker
        finally:
            self._idle.put(maker)


def _each_after_its_parents(
    nodes: Sequence[Node], make: Callable[[Node], NodeResult], at_once: int
) -> Iterator[NodeResult]:
    """Make every node once its parents are made, so many at a time, the earlier one of the plan first."""
    place = {node.unique_id: number for number, node in enumerate(nodes)}
    waits_for = {node.unique_id: {parent for parent in node.parents if parent in place} for node in nodes}
    children: dict[str, list[str]] = {unique_id: [] for unique_id in place}
    for unique_id, parents in waits_for.items():
        for parent in parents:
            children[parent].append(unique_id)
    ready = [place[unique_id] for unique_id, parents in waits_for.items() if not parents]
    heapq.heapify(ready)
    running: set[Future[NodeResult]] = set()
    with ThreadPoolExecutor(at_once) as pool:
        while ready or running:
            while ready and len(running) < at_once:
                running.add(pool.submit(make, nodes[heapq.heappop(ready)]))
            ended, running = wait(running, return_when=FIRST_COMPLETED)
            for result in (future.result() for future in ended):
                for child in children[result.unique_id]:
                    waits_for[child].remove(result.unique_id)
                    if not waits_for[child]:
                        heapq.heappush(ready, place[child])
                yield result


def _text(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"
