"""What each audience may see of a release: the reports tables, filtered and with small cells hidden.

The one place where the need to know and the hiding of small cells are applied; sites and reports read a release
through `Served` or `open_audience` only. Which table goes to whom, and which columns say something about a few pupils,
is in audience_tables/; which cells must be hidden with them is decided, and kept with the release, in disclosed.py.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from pathlib import Path
from types import TracebackType

import duckdb
import pyarrow as pa

from dashboards import small_cells
from dashboards.disclosed import KEYS, attach, hidden_cells, tables
from dashboards.viewers import ANALYST, NETWORK, NOBODY, Viewer, is_the_same_for_all, joined, query_of, viewer_of

__all__ = ["ANALYST", "NETWORK", "SCHEMA", "Served", "audiences", "is_the_same_for_all", "open_audience"]

SCHEMA = "rollcall"
_MEMORY = "2GB"

_NOBODY_NAMED = pa.table({"pupil_key": [], "pupil_name": [], "sort_name": []}, pa.schema(
    [("pupil_key", pa.string()), ("pupil_name", pa.string()), ("sort_name", pa.string())]
))  # fmt: skip

# Figures that stand for several cells: the phase's figures of which one school's is hidden (a rank among the shown
# would place it), and the sessions of all codes that wait for a reason.
_AND_BESIDE = f"""
    from hidden_cells
    union all
    select 'phase', places.phase, hidden_cells.period_key, 'of a school', member, kind
    from hidden_cells inner join warehouse.reports.rpt_places as places using (place_type, place_key)
    where place_type = 'school' and dimension = 'all'
    union all
    select {", ".join(KEYS[:3])}, 'code', 'outstanding', kind
    from hidden_cells
    where dimension = 'code'
        and member in (select code from warehouse.reports.rpt_guide_codes where is_reason_outstanding)
"""


def audiences(warehouse: Path) -> list[str]:
    """Every audience of a release: `network`, `analyst`, then `school/<slug>` in the order of the schools' slugs."""
    with duckdb.connect(str(warehouse.resolve()), read_only=True) as db:
        return _audiences(db, "reports")


class Served:
    """A release opened once for all its audiences: `query` says what one of them is served of a table.

    warehouse: the file of a built release. people: who the pupils are (pupil_key, pupil_name, sort_name), for the
    tables of pupils; without it nobody has a name there. groups: the pupil keys of each further audience
    `school/<slug>/<group>`.

    Raises ValueError for a release of an earlier version that lacks tables.
    """

    def __init__(
        self, warehouse: Path, people: pa.Table | None = None, groups: Mapping[str, Collection[str]] | None = None
    ) -> None:
        path = warehouse.resolve()
        self.groups = dict(groups or {})
        self.db = duckdb.connect()
        self._made: set[str] = set()
        self._queries: dict[tuple[Viewer, str], str] = {}
        try:
            self.db.execute(f"set memory_limit = '{_MEMORY}'")
            self.db.execute("set threads = 2")
            attach(self.db, path)
            self.columns = _columns(self.db)
            self.audiences = _audiences(self.db, "warehouse.reports")
            self._fill(path, _NOBODY_NAMED if people is None else people)
        except BaseException:
            self.db.close()
            raise

    def __enter__(self) -> Served:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.db.close()

    def _fill(self, path: Path, people: pa.Table) -> None:
        """The tables beside the warehouse: `hidden`, the cells that are, by KEYS; `people`; `members` of groups."""
        self.db.register("hidden_cells", hidden_cells(path))
        kinds = ", ".join(f"bool_or(kind = '{kind}') as hides_{kind}" for kind in small_cells.KINDS)
        self.db.execute(f"create table hidden as select {', '.join(KEYS)}, {kinds} from ({_AND_BESIDE}) group by all")
        self.db.unregister("hidden_cells")
        self.db.register("people_given", people)
        self.db.execute("create table people as select pupil_key, pupil_name, sort_name from people_given")
        self.db.unregister("people_given")
        members = pa.table(
            {
                "audience": pa.array([name for name, keys in self.groups.items() for _ in keys], pa.string()),
                "pupil_key": pa.array([key for keys in self.groups.values() for key in keys], pa.string()),
            }
        )
        self.db.register("members_given", members)
        self.db.execute("create table members as from members_given")
        self.db.unregister("members_given")

    def viewer(self, audience: str) -> Viewer:
        """Who looks. Raises ValueError for an audience that the release does not have."""
        return viewer_of(audience, self.audiences, self.groups)

    def parts(self, audience: str, table: str) -> list[tuple[Viewer, str]]:
        """The queries over the warehouse that say what the audience is served of a table, with whose view each is.

        One, but for a school's view of a table for everybody: that is what everybody is served, and the school's own
        rows, in place of those that everybody has of it (viewers.joined).
        """
        viewer = self.viewer(audience)
        if tables()[table]["rows"] != "all":
            return [self._part(viewer, table)]
        if viewer.own is None or is_the_same_for_all(table) or "slug" not in self.columns[table]:
            return [self._part(NOBODY, table)]
        return [self._part(NOBODY, table), self._part(viewer, table)]

    def _part(self, viewer: Viewer, table: str) -> tuple[Viewer, str]:
        if (viewer, table) not in self._queries:
            self._queries[viewer, table] = query_of(table, self.columns[table], viewer)
        return viewer, self._queries[viewer, table]

    def query(self, audience: str, table: str) -> str:
        """The query of `parts`, to run on `db`. What everybody is served is worked out once."""
        first, *own = self.parts(audience, table)
        if tables()[table]["rows"] != "all":
            return first[1]
        if table not in self._made:
            self.db.execute(f"create table for_everybody_{table} as select * from ({first[1]}) order by all")
            self._made.add(table)
        if not own:
            return f"from for_everybody_{table}"
        ((viewer, rows),) = own
        return joined(f"for_everybody_{table}", f"({rows})", str(viewer.own))

    def forget(self) -> None:
        """Leave nothing but the schema `rollcall`."""
        for name in ("hidden", "people", "members", *(f"for_everybody_{table}" for table in self._made)):
            self.db.execute(f"drop table {name}")
        self.db.execute("detach warehouse")

    def show(self, audience: str, names: Collection[str] | None = None, kind: str = "view") -> None:
        """Make the schema `rollcall` what `audience` is served: the tables of `names` or all, as views or tables."""
        self.viewer(audience)
        self.db.execute(f"drop schema if exists {SCHEMA} cascade")
        self.db.execute(f"create schema {SCHEMA}")
        for name in tables() if names is None else names:
            self.db.execute(f"create {kind} {SCHEMA}.{name} as {self.query(audience, name)}")


def open_audience(
    warehouse: Path, audience: str, people: pa.Table | None = None, members: Collection[str] | None = None
) -> duckdb.DuckDBPyConnection:
    """A database in memory whose schema `rollcall` holds what `audience` may see; close it, or use it in a `with`.

    audience: one of `audiences`, or `school/<slug>/<group>` with `members`, the pupil keys of the group. warehouse and
    people: as `Served` takes them. Tables and columns are those of the warehouse's schema `reports`; a hidden figure is
    NULL and its flag (is_suppressed, …) is true. A school has its own rows in full and all others as the network has
    them; a group of a school has its own pupils and all figures as the network has them. The warehouse itself is not
    reachable from the connection.

    Raises ValueError for an audience that the release does not have, and for a release of an earlier version that
    lacks tables.
    """
    served = Served(warehouse, people, None if members is None else {audience: members})
    try:
        served.show(audience, kind="table")
        served.forget()
    except BaseException:
        served.db.close()
        raise
    return served.db


def _audiences(db: duckdb.DuckDBPyConnection, schema: str) -> list[str]:
    slugs = db.execute(f"select slug from {schema}.rpt_places where place_type = 'school' order by slug").fetchall()
    return [NETWORK, ANALYST, *(f"school/{slug}" for (slug,) in slugs)]


def _columns(db: duckdb.DuckDBPyConnection) -> dict[str, list[str]]:
    """The columns of each table of the warehouse's schema reports, in order."""
    found: dict[str, list[str]] = {}
    for name, column in db.execute(
        "select table_name, column_name from duckdb_columns() "
        "where database_name = 'warehouse' and schema_name = 'reports' order by table_name, column_index"
    ).fetchall():
        found.setdefault(name, []).append(column)
    lacking = set(tables()) - set(found)
    if lacking:
        raise ValueError(
            f"This release was made by an earlier version of Rollcall (it lacks {min(lacking)}); "
            "make a new one with `rollcall run`."
        )
    return found
