"""What changed beyond the slices that are built again: rows of tables built whole that other slices are made from, too.

The periods, for example, are said once for all schools: when one school's calendar gives another week, every school's
pages number their weeks anew. Belongs here: which tables have to be built whole for that. Does not belong here: how
they are built (make.py), what a slice is (slices.py).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import duckdb

from orchestration.plan.nodes import Node, Plan
from orchestration.plan.slices import Slices

# Gives the columns of a table.
Columns = Callable[[Node], Sequence[str]]


class Beyond:
    """What a run that builds some slices again changed beyond them; those who make its nodes side by side share it."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self._moved: set[tuple[str, str]] = set()
        self._reads: dict[str, set[tuple[str, str]]] = {}

    def reaches(self, node: Node, changed: Slices, columns: Columns) -> bool:
        """Whether other slices of a table than the changed ones have to be built again."""
        return not self._moved.isdisjoint(self._read_by(node, changed, columns))

    @contextmanager
    def watch(
        self, connection: duckdb.DuckDBPyConnection, node: Node, changed: Slices, columns: Columns
    ) -> Iterator[None]:
        """Note whether a table's rows that other slices than the changed ones are made from differ afterwards.

        connection: in which the table is made meanwhile.
        """
        children = (child for child in self.plan.nodes if child.slice and child.kind != "view")
        read = {
            rows for child in children for key, rows in self._read_by(child, changed, columns) if key == node.unique_id
        }
        before = {rows: _digest(connection, node, rows) for rows in read - {"false"}}
        yield
        self._moved |= {(node.unique_id, rows) for rows in before if _digest(connection, node, rows) != before[rows]}

    def _read_by(self, node: Node, changed: Slices, columns: Columns) -> set[tuple[str, str]]:
        """The tables that a node reads, each with SQL for those of its rows that its other slices are made from."""
        if node.unique_id not in self._reads:
            whole, steady = node.meta.get("whole", ()), node.meta.get("steady", ())
            own = changed.onwards if node.looks_back else changed
            self._reads[node.unique_id] = {
                (table.unique_id, "true" if table.name in whole else own.beyond(node.slice, columns(table)))
                for table in self._tables(node)
                if table.name not in steady and not table.is_of_run
            }
        return self._reads[node.unique_id]

    def _tables(self, node: Node) -> Iterator[Node]:
        """The tables that a node reads, itself or through views."""
        for parent in (self.plan.by_id[parent] for parent in node.parents if parent in self.plan.by_id):
            if parent.kind == "view":
                yield from self._tables(parent)
            elif parent.kind != "seed":
                yield parent


def _digest(connection: duckdb.DuckDBPyConnection, node: Node, rows: str) -> Any:
    digest = "count(*), bit_xor(hash(this)), sum(cast(hash(this) as hugeint))"
    return connection.execute(f"select {digest} from {node.relation} as this where {rows}").fetchone()
