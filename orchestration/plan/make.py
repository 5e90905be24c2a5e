"""One node of a plan made: as dbt's materialisations make it, whole or in some slices alone.

Belongs here: how a node's SQL is put to the database. Does not belong here: in which order (execute.py), what a
slice is (slices.py).
"""

from __future__ import annotations

import importlib.util
import re
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from types import ModuleType, SimpleNamespace

import duckdb

from orchestration.plan.batches import MARKS, batches
from orchestration.plan.beyond import Beyond, Reach
from orchestration.plan.nodes import Check, Node, Plan
from orchestration.plan.slices import DAY, PUPIL, PUPILS, SCHOOL, OfNoSchool, Slices, has_school, has_year, shared

# Where a dataset of the lake is read: one folder for each school, one file for each extract.
_BATCHES = re.compile(r"read_parquet\('([^']*)/\*/\*\.parquet'\)")
# An empty batch, which shows the columns, and the rows of no school of the trust.
_OF_NO_SCHOOL = ("_schema", "_unknown")


class Maker:
    """Makes nodes of one plan in one connection. project: the dbt project, where the models in Python lie. beyond: what
    those who make nodes of the same run share."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, plan: Plan, project: Path, beyond: Beyond) -> None:
        self.connection, self.plan, self.project, self.beyond = connection, plan, project, beyond

    def make(self, node: Node, changed: Slices | None = None) -> Reach:
        """Make a view or table whole; or build again the changed slices of a table that has slices. Returns how much of
        a table with slices was made, because more than the changed ones hang on what changed."""
        if node.kind == "view":
            self.connection.execute(f"create or replace view {node.relation} as (\n{node.sql}\n)")
            return Reach.SLICES
        keys = shared(node.slice, self._columns(node)) if changed is not None else []
        if changed is None or (node.slice and not keys):
            self._create_whole(node)
            return Reach.SLICES
        reach = self.beyond.reach(node, changed, self._columns) if keys else Reach.ALL
        made = reach.of(keys)
        with self.beyond.watch(self.connection, node, changed, self._columns, made):
            if made:
                own = changed.onwards if node.looks_back else changed
                self._replace(node, self._query(node, made, changed), own.predicate(made))
            else:
                self._create_whole(node)
        return reach if keys else Reach.SLICES

    def _create_whole(self, node: Node) -> None:
        if listed := node.meta.get("batches"):
            self._create_in_batches(node, self._slices_of(listed, of_years=has_year(node.slice)))
        else:
            self._create(node, self._query(node))

    def note_pupils(self, changed: Slices) -> None:
        """List the pupils of the changed slices' schools where tables are built again for these alone."""
        if changed.of_few_pupils and any(PUPIL in node.slice for node in self.plan.nodes):
            self.connection.execute(
                f"create or replace temp table {PUPILS} as select distinct roll.pupil_id, pupils.pupil_key"
                f" from {self._named('int_roll')} as roll join {self._named('int_pupils')} as pupils using (pupil_id)"
                f" where roll.{changed.predicate([SCHOOL])}"
            )

    def _create(self, node: Node, query: str) -> None:
        if node.columns:
            typed = ", ".join(f'"{name}" {kind}' for name, kind in node.columns)
            self.connection.execute(f"create or replace table {node.relation} ({typed})")
            self._insert(node, query)
        else:
            self.connection.execute(f"create or replace table {node.relation} as (\n{query}\n)")

    def _create_in_batches(self, node: Node, parts: Iterable[Slices]) -> None:
        """Make a table slice by slice: each needs little memory, and its rows lie together."""
        for number, batch in enumerate(parts):
            rows = f"select * from (\n{self._query(node, node.slice, batch)}\n) where {batch.predicate(node.slice)}"
            if number:
                self._insert(node, rows)
            else:
                self._create(node, rows)

    def _slices_of(self, name: str, of_years: bool) -> list[Slices]:
        """Every slice of a table that is built already, in batches; last the rows of no school."""
        found = self.connection.execute(
            f"select school_urn, academic_year, coalesce(any_value(known.marks), 0) from {self._named(name)} as listed"
            f" left join {self._named(MARKS)} as known using (school_urn, academic_year)"
            " where school_urn is not null group by all"
        ).fetchall()
        slugs = dict(self.connection.execute(f"select school_urn, slug from {self._named('stg_schools')}").fetchall())
        return [*(Slices(pairs, slugs) for pairs in batches(found, of_years)), OfNoSchool()]

    def _named(self, name: str) -> str:
        return next(node.relation for node in self.plan.nodes if node.name == name)

    def _replace(self, node: Node, query: str, rows: str) -> None:
        self.connection.execute("begin")
        try:
            self.connection.execute(f"delete from {node.relation} where {'true' if node.is_of_run else rows}")
            self._insert(node, f"select * from (\n{query}\n) where {rows}")
            self.connection.execute("commit")
        except duckdb.Error:
            self.connection.execute("rollback")
            raise

    def _insert(self, node: Node, query: str) -> None:
        self.connection.execute(f"insert into {node.relation} by name (\n{query}\n)")

    def _query(self, node: Node, keys: Sequence[str] = (), changed: Slices | None = None) -> str:
        """The SQL that gives a node's rows. With changed slices its parents are read in these alone, where they have
        the columns to choose by. keys: the node's own."""
        names = {
            source.relation: self._read(source, keys, None if node.looks_back else changed)
            for source in (self.plan.by_id[parent] for parent in node.parents)
        }
        return self._python(node, names) if node.kind == "python" else _renamed(node.sql, names)

    def findings(self, check: Check, changed: Slices | None = None, reach: Reach = Reach.SLICES) -> int:
        """How many rows a check finds; with changed slices those that it finds in them, where its rows fall into
        slices. reach: how much was made of what it reads."""
        keys: Sequence[str] = check.slice
        if check.about:
            # A table that it is held against may have more of these columns; the slices are those of the table itself.
            keys = shared(keys, self._columns(self.plan.by_id[check.about]))
        sources = [self.plan.by_id[parent] for parent in check.parents]
        names = {source.relation: self._read(source, reach.of(keys), changed) for source in sources}
        found = self.connection.execute(f"select count(*) from (\n{_renamed(check.sql, names)}\n)").fetchone()
        return int(found[0]) if found else 0

    def _read(self, source: Node, own: Sequence[str], changed: Slices | None) -> str:
        """The name by which a table is read: its own, or that of a view of its changed slices."""
        sql = None if changed is None else self._rows(source, own, changed)
        return source.relation if sql is None else self._view(source, sql)

    def _rows(self, source: Node, own: Sequence[str], changed: Slices) -> str | None:
        """SQL that gives a parent's rows in the slices of a model with the columns `own`; None to read it whole."""
        of_years = has_year(own) and not has_school(own)
        if source.kind == "view" and (found := _BATCHES.search(source.sql)) and not of_years:
            batches = _BATCHES.sub(_batches(found[1], changed), source.sql)
            by_days = has_year(own) and DAY in self._columns(source)
            return f"select * from (\n{batches}\n) where {changed.read([DAY])}" if by_days else batches
        keys = shared(own, self._columns(source)) if source.kind != "seed" else []
        if not keys:
            return None
        rows = source.relation
        if source.kind == "view":
            # Where the database has to find out itself what a view needs of its tables, it may read them whole.
            own = shared(source.slice, keys)
            parents = [self.plan.by_id[parent] for parent in source.parents if parent in self.plan.by_id]
            read = {parent.relation: self._rows(parent, own, changed) for parent in parents}
            inner = {relation: f"(\n{sql}\n)" for relation, sql in read.items() if sql}
            rows = f"(\n{_renamed(source.sql, inner)}\n)"
        return f"select * from {rows} where {changed.read(keys)}"

    def _view(self, source: Node, sql: str) -> str:
        # Named as the parent, so that a query which gives it no other name finds its columns.
        if self._views.get(source.name) != sql:
            self.connection.execute(f'create or replace temp view "{source.name}" as (\n{sql}\n)')
            self._views[source.name] = sql
        return f'temp."{source.name}"'

    @cached_property
    def _views(self) -> dict[str, str]:
        return {}

    def _columns(self, node: Node) -> Sequence[str]:
        if node.unique_id not in self._known:
            found = self.connection.execute(f"describe {node.relation}").fetchall()
            self._known[node.unique_id] = [row[0] for row in found]
        return self._known[node.unique_id]

    @cached_property
    def _known(self) -> dict[str, Sequence[str]]:
        return {}

    def _python(self, node: Node, names: dict[str, str]) -> str:
        """Run a model in Python, given the two things of dbt's that ours use, `ref` and `config`; returns SQL that
        reads what it made."""
        read = {self.plan.by_id[parent].name: names[self.plan.by_id[parent].relation] for parent in node.parents}
        dbt = SimpleNamespace(
            config=lambda **_: None, ref=lambda name: self.connection.query(f"select * from {read[name]}")
        )
        made = _module(self.project / node.sql).model(dbt, self.connection)
        self.connection.register("made_in_python", made)
        return "from made_in_python"


def _renamed(sql: str, names: Mapping[str, str]) -> str:
    for relation, read in names.items():
        sql = sql.replace(relation, read)
    return sql


def _module(path: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location(path.stem, path)
    if spec is None or spec.loader is None:
        raise LookupError(f"{path.name} is not a Python file")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def _batches(dataset: str, changed: Slices) -> str:
    """What reads the batches of the changed slices' schools, and the rows that belong to no school."""
    slugs = [changed.slugs[school] for school in changed.schools if school in changed.slugs]
    held = [folder for folder in (*_OF_NO_SCHOOL, *slugs) if any(Path(dataset, folder).glob("*.parquet"))]
    listed = ", ".join(f"'{dataset}/{folder}/*.parquet'" for folder in held)
    return f"read_parquet([{listed}])"
