"""What changed beyond the slices that are built again: rows that other slices of other tables are made from, too.

The periods, for example, are said once for all schools: when one school's calendar gives another week, every school's
pages number their weeks anew. And a run of absence that a mark of July ends is one of September, too. Belongs here: how
far tables have to be built for that. Does not belong here: how they are built (make.py), what a slice is (slices.py).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from enum import IntEnum
from typing import Any

import duckdb

from orchestration.plan.nodes import Node, Plan
from orchestration.plan.slices import DAY, YEAR, Slices, has_school, has_year, shared, within

# Gives the columns of a table.
Columns = Callable[[Node], Sequence[str]]


class Reach(IntEnum):
    """How much of a table a run builds again: its changed slices, all years of the changed schools, or everything."""

    SLICES = 0
    YEARS = 1
    ALL = 2

    def of(self, keys: Sequence[str]) -> list[str]:
        """Those of a table's columns of slices by which the rows are chosen that are built; none for all rows."""
        return [] if self is Reach.ALL else [key for key in keys if self is Reach.SLICES or key not in (YEAR, DAY)]


class Beyond:
    """What a run that builds some slices again changed beyond them; those who make its nodes side by side share it."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self._moved: dict[tuple[str, str], Reach] = {}
        self._reads: dict[str, set[tuple[str, str]]] = {}

    def reach(self, node: Node, changed: Slices, columns: Columns) -> Reach:
        """How much of a table with slices has to be built again."""
        moved = [self._moved[rows] for rows in self._read_by(node, changed, columns) if rows in self._moved]
        reach = max(moved, default=Reach.SLICES)
        keys = shared(node.slice, columns(node))
        return reach if reach is not Reach.YEARS or (has_school(keys) and has_year(keys)) else Reach.ALL

    @contextmanager
    def watch(
        self,
        connection: duckdb.DuckDBPyConnection,
        node: Node,
        changed: Slices,
        columns: Columns,
        made: Sequence[str] = (),
    ) -> Iterator[None]:
        """Note whether a table's rows that other slices than the changed ones are made from differ afterwards.

        connection: in which the table is made meanwhile. made: the columns by which its slices are chosen that are
        made; none where it is made whole.
        """
        children = (child for child in self.plan.nodes if child.slice and child.kind != "view")
        wider = (child for child in children if not made or not within(made, shared(child.slice, columns(child))))
        read = {
            rows for child in wider for key, rows in self._read_by(child, changed, columns) if key == node.unique_id
        } - {"false"}
        own = (changed.onwards if node.looks_back else changed).predicate(made) if made else "true"
        before = _digests(connection, node, sorted(read), own)
        yield
        reach = Reach.YEARS if has_school(made) else Reach.ALL
        after = _digests(connection, node, sorted(read), own)
        self._moved |= {(node.unique_id, rows): reach for rows in read if before[rows] != after[rows]}

    def _read_by(self, node: Node, changed: Slices, columns: Columns) -> set[tuple[str, str]]:
        """The tables that a node reads, each with SQL for those of its rows that its other slices are made from."""
        if node.unique_id not in self._reads:
            keys = shared(node.slice, columns(node))
            steady = node.meta.get("steady", ())
            own = changed.onwards if node.looks_back else changed
            self._reads[node.unique_id] = {
                (table.unique_id, own.beyond(keys, columns(table)))
                for table in self._tables(node)
                if keys and table.name not in steady and not table.is_of_run
            }
        return self._reads[node.unique_id]

    def _tables(self, node: Node) -> Iterator[Node]:
        """The tables that a node reads, itself or through views."""
        for parent in (self.plan.by_id[parent] for parent in node.parents if parent in self.plan.by_id):
            if parent.kind == "view":
                yield from self._tables(parent)
            elif parent.kind != "seed":
                yield parent


def _digests(
    connection: duckdb.DuckDBPyConnection, node: Node, parts: Sequence[str], own: str
) -> dict[str, tuple[Any, ...]]:
    """A digest of each part of a table, a condition of its rows; own: of which rows at all."""
    if not parts:
        return {}
    digests = (
        f"count(*) filter ({rows}), bit_xor(hash(this)) filter ({rows}),"
        f" sum(cast(hash(this) as hugeint)) filter ({rows})"
        for rows in parts
    )
    (found,) = connection.execute(f"select {', '.join(digests)} from {node.relation} as this where {own}").fetchall()
    return {rows: found[3 * number : 3 * number + 3] for number, rows in enumerate(parts)}
