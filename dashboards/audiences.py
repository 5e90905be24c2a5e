"""What each audience may see of a release: the reports tables, filtered and with small cells hidden.

The one place where the need to know and the hiding of small cells are applied; sites and reports read a release
through `open_audience` only. Which table goes to whom, and which columns say something about a few pupils, is in
audience_tables/; which cells must be hidden with them is decided, and kept with the release, in disclosed.py.
"""

from __future__ import annotations

import fnmatch
from collections.abc import Collection
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import duckdb
import pyarrow as pa

from dashboards import small_cells
from dashboards.disclosed import KEYS, RECORD, Config, attach, hidden_cells, tables

NETWORK = "network"
ANALYST = "analyst"
SCHEMA = "rollcall"


def audiences(warehouse: Path) -> list[str]:
    """Every audience of a release: `network`, `analyst`, then `school/<slug>` in the order of the schools' slugs."""
    with duckdb.connect(str(warehouse.resolve()), read_only=True) as db:
        slugs = db.execute("select slug from reports.rpt_places where place_type = 'school' order by slug").fetchall()
    return [NETWORK, ANALYST, *(f"school/{slug}" for (slug,) in slugs)]


def open_audience(
    warehouse: Path, audience: str, people: pa.Table | None = None, members: Collection[str] | None = None
) -> duckdb.DuckDBPyConnection:
    """A database in memory whose schema `rollcall` holds what `audience` may see; close it, or use it in a `with`.

    warehouse: the file of a built release. audience: one of `audiences`, or `school/<slug>/<group>` with `members`, the
    pupil keys of the group. people: who the pupils are (pupil_key, pupil_name, sort_name), for the tables of pupils;
    without it nobody has a name there. Tables and columns are those of its schema `reports`; a hidden figure is NULL
    and its flag (is_suppressed, …) is true. A school has its own rows in full and all others as the network has them;
    a group of a school has its own pupils and all figures as the network has them. The warehouse itself is not
    reachable from the connection.

    Raises ValueError for an audience that the release does not have, and for a release of an earlier version that
    lacks tables.
    """
    viewer = _viewer(warehouse, audience, members)
    path = warehouse.resolve()
    _see_that_it_is_whole(path)
    record = path.parent / RECORD
    for_everybody = _for_everybody(path, tuple(file.stat().st_mtime_ns for file in (path, record) if file.exists()))
    db = _connect(path)
    db.execute(f"create schema {SCHEMA}")
    db.register("people_given", _NOBODY if people is None else people)
    db.execute("create temp table people as select pupil_key, pupil_name, sort_name from people_given")
    db.unregister("people_given")
    db.execute("create temp table members as select unnest(?::varchar[]) as pupil_key", [list(members or ())])
    for name, config in tables().items():
        if config["rows"] != "all":
            build = _pupils_query if config["rows"] == "pupils" else _table_query
            db.execute(f"create table {SCHEMA}.{name} as {build(name, config, _columns(db, name), viewer)}")
            continue
        db.register("for_everybody", for_everybody[name])
        query = "from for_everybody"
        if viewer.own and not is_the_same_for_all(name) and "slug" in for_everybody[name].column_names:
            own = _table_query(name, config, _columns(db, name), viewer)
            query += f" where slug is distinct from '{viewer.own}' union all by name ({own})"
        db.execute(f"create table {SCHEMA}.{name} as {query}")
        db.unregister("for_everybody")
    for name in ("hidden", "people", "members"):
        db.execute(f"drop table {name}")
    db.execute("detach warehouse")
    return db


def _see_that_it_is_whole(path: Path) -> None:
    with duckdb.connect(str(path), read_only=True) as db:
        found = db.execute("select table_name from duckdb_tables() where schema_name = 'reports'").fetchall()
    lacking = set(tables()) - {name for (name,) in found}
    if lacking:
        raise ValueError(
            f"This release was made by an earlier version of Rollcall (it lacks {min(lacking)}); "
            "make a new one with `rollcall run`."
        )


def is_the_same_for_all(table: str) -> bool:
    """Whether every audience is served the same rows of a table."""
    config = tables()[table]
    return config["rows"] == "all" and not {"cells", "follows", "others"} & set(config)


def _connect(path: Path) -> duckdb.DuckDBPyConnection:
    """A database in memory with the warehouse attached and the table `hidden`: the cells that are, by KEYS."""
    db = duckdb.connect()
    db.execute("set memory_limit = '1GB'")
    attach(db, path)
    db.register("hidden_cells", hidden_cells(path))
    kinds = ", ".join(f"bool_or(kind = '{kind}') as hides_{kind}" for kind in small_cells.KINDS)
    db.execute(f"create temp table hidden as select {', '.join(KEYS)}, {kinds} from ({_AND_BESIDE}) group by all")
    db.unregister("hidden_cells")
    return db


@lru_cache(maxsize=1)
def _for_everybody(path: Path, changed: tuple[int, ...]) -> dict[str, pa.Table]:
    """The tables of `rows: all` as those see them who have no school of their own: once for all audiences."""
    nobody = Viewer(own=None, pupils_of=None, of_group=False, keeps_data=False)
    with _connect(path) as db:
        return {
            name: db.execute(_table_query(name, config, _columns(db, name), nobody)).to_arrow_table()
            for name, config in tables().items()
            if config["rows"] == "all"
        }


def _columns(db: duckdb.DuckDBPyConnection, name: str) -> list[str]:
    return [row[0] for row in db.execute(f"describe warehouse.reports.{name}").fetchall()]


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

_NOBODY = pa.table({"pupil_key": [], "pupil_name": [], "sort_name": []}, pa.schema(
    [("pupil_key", pa.string()), ("pupil_name", pa.string()), ("sort_name", pa.string())]
))  # fmt: skip


@dataclass(frozen=True)
class Viewer:
    """Who looks: `own`, the school whose rows it sees in full, `pupils_of`, the one whose pupils it sees by name, of
    them only those of the group with `of_group`; and whether it keeps the data."""

    own: str | None
    pupils_of: str | None
    of_group: bool
    keeps_data: bool

    @property
    def oversees(self) -> bool:
        """True for those who look at all schools alike."""
        return self.own is None and self.pupils_of is None


def _viewer(warehouse: Path, audience: str, members: Collection[str] | None) -> Viewer:
    known = audiences(warehouse)
    school, _, group = audience.removeprefix("school/").partition("/")
    if members is not None and group and f"school/{school}" in known:
        return Viewer(own=None, pupils_of=school, of_group=True, keeps_data=False)
    if audience not in known or members is not None:
        raise ValueError(f"This release has no audience {audience}; it has {NETWORK}, {ANALYST} and school/<slug>")
    own = school if audience.startswith("school/") else None
    return Viewer(own=own, pupils_of=own, of_group=False, keeps_data=audience == ANALYST)


def _pupils_query(name: str, config: Config, columns: list[str], viewer: Viewer) -> str:
    """The query of a table of pupils: those of the viewer, by name; whom nobody named has no name, not no row."""
    rows = f"published.slug = '{viewer.pupils_of}'" if viewer.pupils_of else "false"
    if viewer.of_group:
        rows += " and published.pupil_key in (from members)" if config.get("groups", True) else " and false"
    others = ", ".join(f'published."{column}"' for column in columns if column != "pupil_key")
    return f"""
        select
            left(published.pupil_key, 16) as pupil_id,
            coalesce(people.pupil_name, 'Name not known') as pupil_name,
            coalesce(people.sort_name, 'Name not known') as sort_name,
            {others}
        from warehouse.reports.{name} as published
        left join people on published.pupil_key = people.pupil_key
        where {rows}
    """


def _table_query(name: str, config: Config, columns: list[str], viewer: Viewer) -> str:
    """The query of one table for one audience: its rows, hidden columns set to NULL, flags set.

    Of a table of `rows: all` those of the viewer's own school; for a viewer without one, everybody else's.
    """
    own = viewer.own
    is_own = f"(published.slug is not distinct from '{own}')" if own and "slug" in columns else "false"
    joins: dict[tuple[str, ...], str] = {}
    masks: dict[str, list[str]] = {}
    flags: dict[str, list[str]] = {}

    def hide(patterns: str | list[str], condition: str) -> None:
        for pattern in [patterns] if isinstance(patterns, str) else patterns:
            for column in fnmatch.filter(columns, pattern):
                masks.setdefault(column, []).append(condition)

    def join(place_type: str, place_key: str, period_key: str, dimension: str, member: str) -> str:
        """The alias of the hidden cells with these keys, joined once."""
        on = (place_type, place_key, period_key, dimension, member)
        if on not in joins:
            joins[on] = f"hidden_{len(joins)}"
        return joins[on]

    at = {"place_type": "published.place_type", "place_key": "published.place_key"} | config.get("at", {})
    place, phase = (at["place_type"], at["place_key"]), ("'phase'", "published.phase")
    period = at.get("period_key", "published.period_key")
    for spec in config.get("cells", []):
        kind, group = spec["kind"], (f"({spec['dimension']})", f"({spec['member']})")
        is_hidden = f"not {is_own} and {join(*place, period, *group)}.hides_{kind}"
        hide(spec["hides"], is_hidden)
        if "flag" in spec:
            flags.setdefault(spec["flag"], []).append(is_hidden)
        for key, pattern in spec.get("changes", {}).items():
            hide(pattern, is_hidden)
            hide(pattern, f"not {is_own} and {join(*place, f'published.{key}', *group)}.hides_{kind}")
        if "phase_rate" in spec:
            hide(spec["phase_rate"], f"{join(*phase, period, *group)}.hides_{kind}")
        if "ranks" in spec:
            of_a_school = ("'of a school'", f"({spec['member']})")
            hide(spec["ranks"], f"{join(*phase, period, *of_a_school)}.hides_{kind}")
    if "follows" in config:
        spec = config["follows"]
        group = (spec["cells"][0]["dimension"], spec["cells"][0]["member"])
        then = f"published.{spec['compared_period']}"

        def by_measure(alias: str) -> str:
            whens = " ".join(f"when '{measure}' then {alias}.hides_{kind}" for measure, kind in spec["kinds"].items())
            return f"(case published.measure {whens} else {alias}.hides_pupils end)"

        own_now = f"not {is_own} and {by_measure(join(*place, period, *group))}"
        own_then = f"not {is_own} and {by_measure(join(*place, then, *group))}"
        trust_then = f"published.comparator_type = 'trust' and {by_measure(join(*phase, then, *group))}"
        hide(spec["hides"], own_now)
        hide(spec["compared_hides"], own_then)
        hide(spec["trust_hides"], trust_then)
        flags[spec["flag"]] = [own_now, own_then, trust_then]
    replaced = [
        f'case when {" or ".join(f"({c})" for c in conditions)} then null else published."{column}" end as "{column}"'
        for column, conditions in masks.items()
    ] + [
        f'coalesce({" or ".join(f"({c})" for c in conditions)}, false) as "{flag}"'
        for flag, conditions in flags.items()
        if flag in columns  # a release of an older version may not have it
    ]
    rows = {
        "own": is_own,
        "network": "false" if viewer.pupils_of else "true",
        "overseen": "true" if viewer.oversees else is_own,
        "data": "true" if viewer.keeps_data else "false",
        "all": is_own if own else config.get("others", "true"),
    }[config["rows"]]
    select = f"published.* replace ({', '.join(replaced)})" if replaced else "published.*"
    joined = " ".join(
        f"left join hidden as {alias} on "
        + " and ".join(f"{alias}.{key} = {value}" for key, value in zip(KEYS, on, strict=True))
        for on, alias in joins.items()
    )
    return f"select {select} from warehouse.reports.{name} as published {joined} where {rows}"
