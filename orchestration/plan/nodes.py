"""The prepared plan: every seed, model and test of the project with its compiled SQL, in the order they are built.

Belongs here: the plan's shape and how it is read. Does not belong here: making it (prepare.py), running it
(execute.py).
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

from quality.outcomes import Severity

# Where the lake and the previous release stand in SQL until a run says where they are.
PLACES = {"ROLLCALL_LAKE": "/rollcall/lake", "ROLLCALL_PREVIOUS": "/rollcall/previous"}


@dataclass(frozen=True)
class Node:
    """A seed or model. kind: seed, view, table or python.

    relation: its quoted name in SQL. sql: compiled (python: the path of its file below the project). parents: unique
    ids of the seeds and models it reads. columns: name and type of each column where a contract is enforced, else none.
    meta: the model's own settings (config.meta).
    """

    unique_id: str
    name: str
    kind: str
    relation: str
    sql: str
    parents: tuple[str, ...]
    columns: tuple[tuple[str, str], ...]
    meta: Mapping[str, Any]

    @property
    def slice(self) -> tuple[str, ...]:
        """The columns by which its rows fall into slices (`meta.slice`); none where it is built whole."""
        return tuple(self.meta.get("slice") or ())

    @property
    def looks_back(self) -> bool:
        """Whether a row is made from rows of earlier academic years, too (`meta.looks_back`)."""
        return bool(self.meta.get("looks_back"))

    @property
    def is_of_run(self) -> bool:
        """Whether it holds what a run changed, and so no rows of slices that were not built (`meta.of_run`)."""
        return bool(self.meta.get("of_run"))


@dataclass(frozen=True)
class Check:
    """A data test: it passes when its SQL gives no row. parents: what it reads. severity: error or warn.

    slice: the columns by which what it finds falls into slices, so that slices that passed need not be asked again.
    about: the node it is attached to, None where it is about several.
    """

    unique_id: str
    name: str
    sql: str
    parents: tuple[str, ...]
    severity: Severity
    slice: tuple[str, ...] = ()
    about: str | None = None


@dataclass(frozen=True)
class Plan:
    """All nodes in the order they are built, and all checks. settings: DuckDB's, as the profile gives them."""

    nodes: tuple[Node, ...]
    checks: tuple[Check, ...]
    settings: Mapping[str, Any]

    @cached_property
    def by_id(self) -> dict[str, Node]:
        """The nodes by their unique id."""
        return {node.unique_id: node for node in self.nodes}

    def placed(self, environment: Mapping[str, str]) -> Plan:
        """The plan with a run's own places; environment: ROLLCALL_LAKE and, where it has one, ROLLCALL_PREVIOUS."""
        lake = environment["ROLLCALL_LAKE"]
        given = {"ROLLCALL_PREVIOUS": f"{lake}/reference/previous", **environment}

        def at_home(sql: str) -> str:
            for name, place in PLACES.items():
                sql = sql.replace(place, given[name])
            return sql

        return replace(
            self,
            nodes=tuple(replace(node, sql=at_home(node.sql)) for node in self.nodes),
            checks=tuple(replace(check, sql=at_home(check.sql)) for check in self.checks),
        )

    def with_parents(self, names: Iterable[str]) -> Plan:
        """The part of the plan that builds the named tables and all that they hang on, without checks."""
        wanted: set[str] = set()
        todo = [node.unique_id for node in self.nodes if node.name in set(names)]
        while todo:
            unique_id = todo.pop()
            if unique_id not in wanted:
                wanted.add(unique_id)
                todo += self.by_id[unique_id].parents
        return self.only(wanted)

    def only(self, unique_ids: Collection[str]) -> Plan:
        """The part of the plan that builds these nodes, without checks."""
        return replace(self, nodes=tuple(node for node in self.nodes if node.unique_id in unique_ids), checks=())


def write_plan(path: Path, plan: Plan) -> None:
    """Keep the plan as JSON."""
    path.write_text(json.dumps(asdict(plan)), encoding="utf-8")


def read_plan(path: Path) -> Plan:
    """The plan kept at `path` by `write_plan`. Raises FileNotFoundError where there is none."""
    kept = json.loads(path.read_text(encoding="utf-8"))
    nodes = (
        Node(**{**node, "parents": tuple(node["parents"]), "columns": tuple(map(tuple, node["columns"]))})
        for node in kept["nodes"]
    )
    checks = (
        Check(**{**check, "parents": tuple(check["parents"]), "slice": tuple(check["slice"])})
        for check in kept["checks"]
    )
    return Plan(tuple(nodes), tuple(checks), kept["settings"])
