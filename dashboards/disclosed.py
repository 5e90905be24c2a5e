"""Which figures of a release are hidden outside their school, and the record of what was hidden before.

In: a built warehouse and the record of the release before. Out: `ledger/disclosed.parquet` beside the warehouse, which
says of every figure about pupils whether it is hidden now, and at which numbers it was hidden or shown in any release
so far. A release carries the whole record on, so neither deleting an older one nor going back to it loses anything.
A decision follows from an academic year's cells and what is recorded of them alone. So a year in which both are what
they were for the release before keeps its decision (ledger/disclosed.json says of what it was made).
Belongs here: what the cells of a warehouse are, and the record. Does not belong here: which cells must be hidden
(small_cells.py) and who sees what (audiences.py).
"""

from __future__ import annotations

import hashlib
import json
import os
from functools import cache
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import yaml

from dashboards import small_cells

RECORD = Path("ledger") / "disclosed.parquet"
# Beside it: {academic year: {"key": of what its decision was made, "shown", "hidden": how many figures}}.
DECIDED = RECORD.with_suffix(".json")
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
union all
select * from kept
order by all
"""
_YEARS = "(select distinct period_key, academic_year from warehouse.reports.rpt_periods)"
# Rows in any order: how many, and two sums of their hashes (one of which sees rows that are there twice).
_ROWS = "count(*) || ' ' || bit_xor(hash(given)) || ' ' || sum(hash(given))"
# All that a year's decision is made from: its cells, what is recorded of them, which periods still run.
_INPUTS = f"""
select academic_year, list(said order by said) from (
    select academic_year, 'cells ' || {_ROWS} as said from (select * exclude (cell) from cells) as given group by all
    union all
    select academic_year, 'record ' || {_ROWS} from earlier as given inner join {_YEARS} using (period_key) group by all
    union all
    select academic_year, 'running ' || {_ROWS}
    from (select academic_year, period_key, is_running from warehouse.reports.rpt_periods) as given group by all
) group by all
"""
# And what is the same for all years.
_BESIDE = f"""
select 'bands', {_ROWS} from bands as given union all select 'codes', {_ROWS} from codes as given
union all select 'ages', {_ROWS} from outside_ages as given
union all select 'places', {_ROWS} from places_with_bands as given
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
        decided = _judge(db, warehouse, earlier)
        target = str(fresh).replace("'", "''")
        db.execute(f"copy ({_RECORD_ROWS}) to '{target}' (format parquet, compression zstd)")
        for year, *counted in db.execute(
            "select academic_year, count(*) filter (where not hidden), count(*) filter (where hidden) "
            "from cells where is_shown group by all"
        ).fetchall():
            decided[year] |= dict(zip(("shown", "hidden"), counted, strict=True))
    # First the record: of what it was made may be missing, then it is all decided anew.
    (warehouse.parent / DECIDED).unlink(missing_ok=True)
    os.replace(fresh, record)
    fresh.write_text(json.dumps(decided, indent=1, sort_keys=True), encoding="utf-8")
    os.replace(fresh, warehouse.parent / DECIDED)
    return {what: sum(year.get(what, 0) for year in decided.values()) for what in ("shown", "hidden")}


@cache
def _judged_as_first(warehouse: Path, modified: int) -> pa.Table:
    with duckdb.connect() as db:
        _judge(db, warehouse, None)
        return db.execute(f"select {', '.join(KEYS)}, kind from cells where hidden and is_shown").to_arrow_table()


def _judge(db: duckdb.DuckDBPyConnection, warehouse: Path, earlier: Path | None) -> dict[str, dict[str, Any]]:
    """Leaves in db, with the warehouse attached, the tables `cells`, judged, and `earlier`, both without the years that
    keep their decision, whose record is in `kept`. Returns what DECIDED says; of years judged now, only the key."""
    db.execute("set memory_limit = '2GB'")
    attach(db, warehouse)
    _collect(db)
    small_cells.find_places_with_bands(db)
    db.execute(_EARLIER)
    db.execute("create table kept as select *, false as is_hidden from earlier")
    minimum = db.execute("select suppression_minimum_pupils from warehouse.reports.rpt_release").fetchall()[0][0]
    if earlier is not None:
        given = f"{', '.join(KEYS)}, kind, n, was_hidden, was_shown"
        db.execute(f"insert into earlier select {given} from read_parquet(?)", [str(earlier)])
    decided = _keep_decisions(db, minimum, earlier)
    if earlier is not None:
        db.execute(_RECALL)
    small_cells.hide(db, minimum)
    return decided


def _keep_decisions(db: duckdb.DuckDBPyConnection, minimum: int, earlier: Path | None) -> dict[str, dict[str, Any]]:
    """Sets aside the years whose decision was made of what it would be made of now; see _judge."""
    beside = [minimum, _code(), sorted(db.execute(_BESIDE).fetchall())]
    keys = {
        year: hashlib.sha256(json.dumps([beside, said]).encode()).hexdigest()
        for year, said in db.execute(_INPUTS).fetchall()
    }
    before: dict[str, dict[str, Any]] = {}
    decided_before = earlier.with_name(DECIDED.name) if earlier is not None else None
    if decided_before is not None and decided_before.is_file():
        before = json.loads(decided_before.read_text(encoding="utf-8"))
    same = [year for year, key in keys.items() if before.get(year, {}).get("key") == key]
    if same and earlier is not None:
        of_same = f"(select period_key from {_YEARS} where list_contains($same, academic_year))"
        db.execute(
            f"insert into kept by name from read_parquet($record) where period_key in {of_same}",
            {"same": same, "record": str(earlier)},
        )
        db.execute(f"delete from earlier where period_key in {of_same}", {"same": same})
        db.execute("delete from cells where list_contains($same, academic_year)", {"same": same})
    return {year: before[year] if year in same else {"key": key} for year, key in keys.items()}


@cache
def _code() -> str:
    """What names the code that decides, and DuckDB, whose hashes a key is made of."""
    files = [Path(__file__), Path(__file__).with_name("small_cells.py")]
    return hashlib.sha256(b"".join([duckdb.__version__.encode(), *(path.read_bytes() for path in files)])).hexdigest()


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
