"""Which figures of a release are hidden outside their school, and the record of what was hidden before.

In: a built warehouse and the record of the release before. Out: `ledger/disclosed.parquet` beside the warehouse, which
says of every figure about pupils whether it is hidden now, and at which numbers it was hidden or shown in any release
so far. A release carries the whole record on, so neither deleting an older one nor going back to it loses anything.
Belongs here: what the cells of a warehouse are, and the record. Does not belong here: which cells must be hidden
(small_cells.py) and who sees what (audiences.py).
"""

from __future__ import annotations

import os
from functools import cache
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import yaml

from dashboards import small_cells

RECORD = Path("ledger") / "disclosed.parquet"
KEYS = ("place_type", "place_key", "period_key", "dimension", "member")

Config = dict[str, Any]

_EARLIER = f"""
create table earlier (
    {", ".join(f"{key} varchar" for key in KEYS)}, kind varchar, n bigint, was_hidden boolean, was_shown boolean
)
"""
# The same figure with the same number. A figure of a period that is over is known for good once it was shown; one of a
# running period is another figure by tomorrow.
_RECALL = f"""
update cells set was_hidden = earlier.was_hidden, is_known = earlier.was_shown and not period.is_running
from earlier, warehouse.reports.rpt_periods as period
where {" and ".join(f"cells.{key} = earlier.{key}" for key in (*KEYS, "kind", "n"))}
    and cells.period_type = period.period_type and cells.period_key = period.period_key
"""
# Of periods that the warehouse has no more (academic years that were purged) nothing is kept.
_RECORD_ROWS = f"""
select {", ".join(KEYS)}, kind, n,
    bool_or(was_hidden) as was_hidden, bool_or(was_shown) as was_shown, bool_or(is_hidden) as is_hidden
from (
    select {", ".join(KEYS)}, kind, n, hidden as was_hidden, not hidden as was_shown, hidden as is_hidden
    from cells where is_shown
    union all
    select {", ".join(KEYS)}, kind, n, was_hidden, was_shown, false
    from earlier where period_key in (select period_key from warehouse.reports.rpt_periods)
)
group by all
order by all
"""


def hidden_cells(warehouse: Path) -> pa.Table:
    """The cells hidden from everybody outside their school, as the release's record says; columns KEYS and kind.

    A warehouse without a record (a build, a test) is judged as if it were the first.
    """
    record = warehouse.parent / RECORD
    if not record.is_file():
        return _judged_as_first(warehouse, warehouse.stat().st_mtime_ns)
    with duckdb.connect() as db:
        query = f"select {', '.join(KEYS)}, kind from read_parquet(?) where is_hidden"
        return db.execute(query, [str(record)]).to_arrow_table()


def write_record(warehouse: Path, earlier: Path | None) -> dict[str, int]:
    """Decide which figures of a release are hidden, and write its record beside its warehouse.

    earlier: the newest record of an earlier release. Returns how many figures are shown and how many hidden.
    """
    record = warehouse.parent / RECORD
    record.parent.mkdir(parents=True, exist_ok=True)
    fresh = record.with_name(f".{record.name}.new")
    with duckdb.connect() as db:
        _judge(db, warehouse, earlier)
        target = str(fresh).replace("'", "''")
        db.execute(f"copy ({_RECORD_ROWS}) to '{target}' (format parquet, compression zstd)")
        counted = db.execute(
            "select count(*) filter (where not hidden), count(*) filter (where hidden) from cells where is_shown"
        ).fetchall()[0]
    os.replace(fresh, record)
    return dict(zip(("shown", "hidden"), counted, strict=True))


@cache
def _judged_as_first(warehouse: Path, modified: int) -> pa.Table:
    with duckdb.connect() as db:
        _judge(db, warehouse, None)
        return db.execute(f"select {', '.join(KEYS)}, kind from cells where hidden and is_shown").to_arrow_table()


def _judge(db: duckdb.DuckDBPyConnection, warehouse: Path, earlier: Path | None) -> None:
    """Leaves the tables `cells`, judged, and `earlier` in db, with the warehouse attached."""
    db.execute("set memory_limit = '2GB'")
    attach(db, warehouse)
    _collect(db)
    db.execute(_EARLIER)
    if earlier is not None:
        kept = "kind, n, was_hidden, was_shown"
        db.execute(f"insert into earlier select {', '.join(KEYS)}, {kept} from read_parquet(?)", [str(earlier)])
        db.execute(_RECALL)
    minimum = db.execute("select suppression_minimum_pupils from warehouse.reports.rpt_release").fetchall()[0][0]
    small_cells.hide(db, minimum)


def _collect(db: duckdb.DuckDBPyConnection) -> None:
    """Fills the tables that small_cells.hide reads."""
    db.execute(small_cells.CELLS)
    for name, config in tables().items():
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


@cache
def tables() -> dict[str, Config]:
    """What audience_tables/ says of each table that is served."""
    topics = sorted(Path(__file__).with_name("audience_tables").glob("*.yaml"))
    return {name: config for topic in topics for name, config in yaml.safe_load(topic.read_text("utf-8")).items()}


def attach(db: duckdb.DuckDBPyConnection, path: Path) -> None:
    """Attach a warehouse file as `warehouse`, read-only."""
    quoted = str(path).replace("'", "''")
    db.execute(f"attach '{quoted}' as warehouse (read_only)")


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
            '{kind}', dimension, member, n, base, {is_shown}, false, false, false
        from ({counted}) as counted
        inner join (
            select period_type, period_key, academic_year, term, half_term from warehouse.reports.rpt_periods
        ) as period using (period_type, period_key)
    """
