"""What each audience may see of a release: the reports tables, filtered and with small cells hidden.

The one place where the need to know and the hiding of small cells are applied; sites and reports read a release
through `open_audience` only. Which table goes to whom, and which columns say something about a few pupils, is in
audience_tables.yaml; which cells must be hidden with them is decided in small_cells.py.
"""

from __future__ import annotations

import fnmatch
from functools import cache
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import yaml

from dashboards import small_cells

NETWORK = "network"
SCHEMA = "rollcall"
_KEYS = ("place_type", "place_key", "period_key", "dimension", "member")

Config = dict[str, Any]


def audiences(warehouse: Path) -> list[str]:
    """Every audience of a release: `network`, then `school/<slug>` in the order of the schools' slugs."""
    with duckdb.connect(str(warehouse.resolve()), read_only=True) as db:
        slugs = db.execute("select slug from reports.rpt_places where place_type = 'school' order by slug").fetchall()
    return [NETWORK, *(f"school/{slug}" for (slug,) in slugs)]


def open_audience(warehouse: Path, audience: str) -> duckdb.DuckDBPyConnection:
    """A database in memory whose schema `rollcall` holds what `audience` may see; close it, or use it in a `with`.

    warehouse: the file of a built release. Tables and columns are those of its schema `reports`; a hidden figure is
    NULL and its flag (is_suppressed, …) is true. A school has its own rows in full and all others as the network has
    them. The warehouse itself is not reachable from the connection.

    Raises ValueError for an audience that the release does not have.
    """
    if audience not in audiences(warehouse):
        raise ValueError(f"This release has no audience {audience}; it has network and school/<slug> for each school")
    own = audience.removeprefix("school/") if audience != NETWORK else None
    path = warehouse.resolve()
    db = duckdb.connect()
    db.execute("set memory_limit = '1GB'")
    _attach(db, path)
    db.execute(f"create schema {SCHEMA}")
    db.register("hidden_cells", _hidden_cells(path, path.stat().st_mtime_ns))
    kinds = ", ".join(f"bool_or(kind = '{kind}') as hides_{kind}" for kind in small_cells.KINDS)
    db.execute(f"create temp table hidden as select {', '.join(_KEYS)}, {kinds} from hidden_cells group by all")
    db.unregister("hidden_cells")
    for name, config in _tables().items():
        columns = [row[0] for row in db.execute(f"describe warehouse.reports.{name}").fetchall()]
        db.execute(f"create table {SCHEMA}.{name} as {_table_query(name, config, columns, own)}")
    db.execute("drop table hidden")
    db.execute("detach warehouse")
    return db


@cache
def _tables() -> dict[str, Config]:
    text = Path(__file__).with_name("audience_tables.yaml").read_text(encoding="utf-8")
    return dict(yaml.safe_load(text)["tables"])


def _attach(db: duckdb.DuckDBPyConnection, path: Path) -> None:
    quoted = str(path).replace("'", "''")
    db.execute(f"attach '{quoted}' as warehouse (read_only)")


@cache
def _hidden_cells(path: Path, modified: int) -> pa.Table:
    """The cells hidden from everybody outside their school, once for each warehouse file; columns _KEYS and kind."""
    with duckdb.connect() as db:
        db.execute("set memory_limit = '2GB'")
        _attach(db, path)
        db.execute(small_cells.CELLS)
        for name, config in _tables().items():
            follows = config.get("follows", {})
            for spec in follows.get("cells", []):
                db.execute(_cells_query(follows["from"], spec, follows["where"]))
            for spec in config.get("cells", []):
                if "count" in spec:
                    db.execute(_cells_query(name, spec, config.get("others", "true")))
                if "rest" in spec:
                    db.execute(_rest_query(name, spec))
        db.execute(
            """
            create table bands as
            select
                absence_band,
                low_percent >= persistent.value as is_persistent,
                low_percent >= severe.value as is_severe
            from warehouse.reports.rpt_guide_bands
            left join warehouse.reports.rpt_guide_rules as persistent
                on persistent.rule_name = 'persistent_absence_percent'
            left join warehouse.reports.rpt_guide_rules as severe on severe.rule_name = 'severe_absence_percent'
            """
        )
        db.execute(
            """
            create table codes as
            select
                code, is_possible, is_attended, is_late,
                is_absent and statistical_category = 'authorised_absence' as is_authorised,
                is_absent and statistical_category = 'unauthorised_absence' as is_unauthorised
            from warehouse.reports.rpt_guide_codes
            qualify row_number() over (partition by code order by valid_from desc) = 1
            """
        )
        db.execute(
            """
            create table outside_ages as
            select year_group
            from warehouse.reference.year_groups
            inner join warehouse.reports.rpt_guide_rules as youngest on youngest.rule_name = 'compulsory_age_min'
            inner join warehouse.reports.rpt_guide_rules as oldest on oldest.rule_name = 'compulsory_age_max'
            where cast(typical_age as integer) not between youngest.value and oldest.value
            """
        )
        minimum = db.execute("select suppression_minimum_pupils from warehouse.reports.rpt_release").fetchall()[0][0]
        small_cells.hide(db, minimum)
        return db.execute(f"select {', '.join(_KEYS)}, kind from cells where hidden and is_shown").to_arrow_table()


def _cells_query(name: str, spec: Config, others: str) -> str:
    """Insert the cells of one kind of one table: the rows that others would get; only those can give anything away."""
    counted = f"""
        select *, {spec["dimension"]} as dimension, {spec["member"]} as member, {spec["count"]} as n,
            {spec.get("of", "null")} as base
        from warehouse.reports.{name}
        where ({others}) and {spec["count"]} is not null
    """
    return _insert(spec["kind"], counted, is_shown=True)


def _rest_query(name: str, spec: Config) -> str:
    """Insert the rest of each dimension as one cell, which nobody else gets."""
    counted = f"""
        select place_type, place_key, phase, period_type, period_key, {spec["dimension"]} as dimension,
            'rest' as member, sum({spec["count"]}) as n, sum({spec.get("of", "null")}) as base
        from warehouse.reports.{name}
        where {spec["rest"]} and {spec["count"]} is not null
        group by all
    """
    return _insert(spec["kind"], counted, is_shown=False)


def _insert(kind: str, counted: str, is_shown: bool) -> str:
    return f"""
        insert into cells
        select
            (select coalesce(max(cell), 0) from cells) + row_number() over (),
            place_type, place_key, phase, period_type, period_key, period.academic_year, period.term, period.half_term,
            '{kind}', dimension, member, n, base, {is_shown}, false
        from ({counted}) as counted
        inner join (
            select period_type, period_key, academic_year, term, half_term from warehouse.reports.rpt_periods
        ) as period using (period_type, period_key)
    """


def _table_query(name: str, config: Config, columns: list[str], own: str | None) -> str:
    """The query of one table for one audience: its rows, hidden columns set to NULL, flags set."""
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

    place, phase = ("published.place_type", "published.place_key"), ("'phase'", "published.phase")
    for spec in config.get("cells", []):
        kind, group = spec["kind"], (f"({spec['dimension']})", f"({spec['member']})")
        is_hidden = f"not {is_own} and {join(*place, 'published.period_key', *group)}.hides_{kind}"
        hide(spec["hides"], is_hidden)
        flags.setdefault(spec["flag"], []).append(is_hidden)
        for key, pattern in spec.get("changes", {}).items():
            hide(pattern, is_hidden)
            hide(pattern, f"not {is_own} and {join(*place, f'published.{key}', *group)}.hides_{kind}")
        if "phase_rate" in spec:
            hide(spec["phase_rate"], f"{join(*phase, 'published.period_key', *group)}.hides_{kind}")
    if "follows" in config:
        spec = config["follows"]
        group = (spec["cells"][0]["dimension"], spec["cells"][0]["member"])
        then = f"published.{spec['compared_period']}"

        def by_measure(alias: str) -> str:
            whens = " ".join(f"when '{measure}' then {alias}.hides_{kind}" for measure, kind in spec["kinds"].items())
            return f"(case published.measure {whens} else {alias}.hides_pupils end)"

        own_now = f"not {is_own} and {by_measure(join(*place, 'published.period_key', *group))}"
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
    ]
    rows = is_own if config["rows"] == "own" else f"{is_own} or ({config.get('others', 'true')})"
    select = f"published.* replace ({', '.join(replaced)})" if replaced else "published.*"
    joined = " ".join(
        f"left join hidden as {alias} on "
        + " and ".join(f"{alias}.{key} = {value}" for key, value in zip(_KEYS, on, strict=True))
        for on, alias in joins.items()
    )
    return f"select {select} from warehouse.reports.{name} as published {joined} where {rows}"
