"""Runs queries over one audience's exported files in a database that can do nothing else.

Three walls, each enough by itself: a query must be one SELECT over the audience's tables (`tables_of`), the database
holds no other tables and its doors to files, network, extensions and settings are locked (`_Figures`), and it stops
at limits of time, memory and size. Belongs here: DuckDB. Does not belong here: HTTP, who the audience is.
"""

from __future__ import annotations

import hashlib
import json
import threading
from collections import OrderedDict
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from dashboards.viewers import joined

AT_ONCE = 4  # queries, of all readers together
DATABASES = 12  # open at once, one for each audience and release lately asked
MEMORY = "512MB"  # of one database, its tables included
SECONDS = 5.0
ROWS = 50_000
SMALL = 1_000
ANSWER_BYTES = 8_000_000
CACHED_BYTES = 64_000_000
_SET = {
    "autoinstall_known_extensions": False, "autoload_known_extensions": False, "allow_community_extensions": False,
    "python_enable_replacements": False, "ieee_floating_point_ops": False, "old_implicit_casting": True,
    "memory_limit": MEMORY, "threads": 2, "temp_directory": "", "enable_external_access": False,
}  # fmt: skip
# made of their arguments alone
_TABLE_FUNCTIONS = {"generate_series", "range", "unnest"}
# one call could fill the memory before anything can stop it
_FILLERS = {"array_resize", "bar", "generate_series", "list_resize", "lpad", "range", "repeat", "rpad"}
# what these say is about the server, not about attendance
_TELLING = ("current_setting", "getenv", "getvariable", "pg_", "read_")


class Refused(Exception):
    """The query is not one that a page may ask; the message says why in a sentence."""


class Engine:
    """The databases lately asked, and their answers; safe to use from several threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._opening: dict[str, threading.Lock] = {}
        self._databases: OrderedDict[str, _Figures] = OrderedDict()
        self._answers: OrderedDict[tuple[str, str], bytes] = OrderedDict()
        self._cached = 0
        self._workers = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="query")
        self._workers.submit(_warm_up)  # so that the first reader does not wait for it

    def figures(self, folder: Path) -> str:
        """What names the figures in an audience's folder: another release or audience has another name.

        Raises FileNotFoundError without a manifest there.
        """
        manifest = folder.resolve() / "data" / "manifest.json"
        return hashlib.sha256(str(manifest).encode() + b"\0" + manifest.read_bytes()).hexdigest()[:32]

    def answers(self, folder: Path, figures: str, queries: Sequence[str]) -> list[bytes]:
        """The answer to each query as JSON, {"columns", "values"} or {"error"}; in the order of the queries."""
        return list(self._workers.map(lambda query: self._cached_answer(folder, figures, query), queries))

    def _cached_answer(self, folder: Path, figures: str, query: str) -> bytes:
        with self._lock:
            known = self._answers.get((figures, query))
            if known is not None:
                self._answers.move_to_end((figures, query))
                return known
        try:
            found = self._database(folder, figures).run(query)
        except (Refused, duckdb.Error) as problem:
            return json.dumps({"error": str(problem).partition("\n")[0][:300]}).encode()
        with self._lock:
            if (figures, query) not in self._answers:
                self._answers[figures, query] = found
                self._cached += len(found)
            while self._cached > CACHED_BYTES:
                self._cached -= len(self._answers.popitem(last=False)[1])
        return found

    def _database(self, folder: Path, figures: str) -> _Figures:
        with self._lock:
            opening = self._opening.setdefault(figures, threading.Lock())
        with opening:
            with self._lock:
                if figures in self._databases:
                    self._databases.move_to_end(figures)
                    return self._databases[figures]
            opened = _Figures(folder.resolve())
            with self._lock:
                self._databases[figures] = opened
                while len(self._databases) > DATABASES:
                    old, _ = self._databases.popitem(last=False)
                    self._opening.pop(old, None)
            return opened


class _Figures:
    """One audience's tables in a locked database in memory; a table is read when a query first names it."""

    def __init__(self, folder: Path) -> None:
        """Raises FileNotFoundError when there is no manifest, or it names a file outside the folder."""
        manifest = json.loads((folder / "data" / "manifest.json").read_text("utf-8"))
        self._slug = str(manifest.get("slug"))
        files = {Path(name).stem: {"whole": name} for names in manifest["renderedFiles"].values() for name in names}
        files |= manifest.get("parts", {})  # releases of earlier versions have none
        self._files = {
            table: {part: (folder / name).resolve() for part, name in parts.items()} for table, parts in files.items()
        }
        if not all(folder in path.parents for parts in self._files.values() for path in parts.values()):
            raise FileNotFoundError(folder)
        self._loaded: set[str] = set()
        self._lock = threading.Lock()
        self._db = duckdb.connect(config={"autoinstall_known_extensions": "false"})
        for setting, value in _SET.items():
            self._db.execute(f"set global {setting} = {value!r}")
        self._db.execute("set global lock_configuration = true")

    def run(self, query: str) -> bytes:
        """A query's rows as JSON; raises Refused or duckdb.Error, for too much and too slow as well."""
        with self._db.cursor() as cursor:
            self._load(tables_of(cursor, query, frozenset(self._files)))
            stop = threading.Timer(SECONDS, cursor.interrupt)
            stop.start()
            try:
                found = cursor.execute(f"from ({_bare(query)}\n) limit {ROWS + 1}").to_arrow_table()
            finally:
                stop.cancel()
        if found.num_rows > ROWS or found.nbytes > ANSWER_BYTES:
            raise Refused(f"That is more than a page can show: {found.num_rows} rows.")
        columns = [{"name": field.name, "type": _kind(field.type)} for field in found.schema]
        values = [_plain(column) for column in found.columns]
        return json.dumps({"columns": columns, "values": values}, separators=(",", ":"), allow_nan=False).encode()

    def _load(self, names: Iterable[str]) -> None:
        """Reads tables that are not there yet; outside the database, whose own door to files is locked."""
        with self._lock:
            for name in sorted(set(names) - self._loaded):
                parts = self._files[name]
                for part, path in parts.items():
                    self._db.register(f"given_{part}", _read(path))
                rows = joined("given_shared", "given_own", self._slug) if "own" in parts else "from given_whole"
                self._db.execute(f'create table "{name}" as {rows}')
                for part in parts:
                    self._db.unregister(f"given_{part}")
                self._loaded.add(name)


def _warm_up() -> None:
    """Has DuckDB import what it imports when it is first handed a table, which takes seconds."""
    with duckdb.connect() as db:
        db.register("given", pa.table({"one": [1]}))
        db.execute("from given").to_arrow_table()


def _read(path: Path) -> pa.Table:
    """A table's file: Parquet, or an Arrow stream where it has no rows."""
    if path.read_bytes()[:4] == b"PAR1":
        return pq.read_table(path)
    with pa.OSFile(str(path)) as source, pa.ipc.open_stream(source) as stream:
        return stream.read_all()


def tables_of(db: duckdb.DuckDBPyConnection, query: str, tables: frozenset[str]) -> set[str]:
    """Which of the tables a query reads. Raises Refused unless it is one SELECT over them and what it makes itself."""
    if [statement.type for statement in db.extract_statements(query)] != [duckdb.StatementType.SELECT]:
        raise Refused("Only one SELECT can be asked.")
    ((tree,),) = db.execute("select json_serialize_sql(?)", [query]).fetchall()
    parsed = json.loads(tree)
    if parsed["error"]:
        raise Refused("Only one SELECT can be asked.")
    nodes = list(_nodes(parsed["statements"]))
    made = {entry["key"].lower() for node in nodes for entry in (node.get("cte_map") or {}).get("map", [])}
    named = {str(node["table_name"]).lower() for node in nodes if node.get("type") == "BASE_TABLE"}
    if any(node.get("catalog_name") or node.get("schema_name") for node in nodes if node.get("type") == "BASE_TABLE"):
        raise Refused("A table is asked for by its name alone.")
    if named - tables - made:
        raise Refused(f"There is no table {min(named - tables - made)} here.")
    for node in nodes:
        if node.get("type") in ("SHOW_REF", "COLUMN_DATA"):
            raise Refused("Only one SELECT can be asked.")
        name = str(node.get("function_name", "")).lower()
        if name.startswith(_TELLING) or (name in _FILLERS and not _small(node)):
            raise Refused(f"{name} is not to be used here.")
        if node.get("type") == "TABLE_FUNCTION" and _function(node) not in _TABLE_FUNCTIONS:
            raise Refused(f"{_function(node)} is no table here.")
    return named & tables


def _function(node: dict[str, Any]) -> str:
    return str(node["function"]["function_name"]).lower()


def _small(call: dict[str, Any]) -> bool:
    """Whether every argument of a call stands in the query itself and is small."""
    return all(argument.get("class") == "CONSTANT" and abs(_number(argument)) <= SMALL for argument in call["children"])


def _number(constant: dict[str, Any]) -> float:
    value = constant["value"].get("value")
    return value if isinstance(value, (int, float)) else 0


def _nodes(tree: Any) -> Iterator[dict[str, Any]]:
    """Every object in a parsed query."""
    waiting = [tree]
    while waiting:
        one = waiting.pop()
        if isinstance(one, dict):
            yield one
            waiting.extend(one.values())
        elif isinstance(one, list):
            waiting.extend(one)


def _bare(query: str) -> str:
    return query.strip().removesuffix(";")


def _kind(kind: pa.DataType) -> str:
    if pa.types.is_date(kind) or pa.types.is_timestamp(kind):
        return "date"
    if pa.types.is_boolean(kind):
        return "boolean"
    return "number" if _is_number(kind) else "string"


def _is_number(kind: pa.DataType) -> bool:
    return any(is_a(kind) for is_a in (pa.types.is_integer, pa.types.is_floating, pa.types.is_decimal))


def _plain(column: pa.ChunkedArray) -> list[Any]:
    """A column's values as the browser's own database would give them: dates as milliseconds, every number a double."""
    kind = column.type
    if pa.types.is_date(kind) or pa.types.is_timestamp(kind):
        column = column.cast(pa.timestamp("ms"), safe=False).cast(pa.int64())
    elif pa.types.is_decimal(kind):
        column = column.cast(pa.float64())
    elif pa.types.is_floating(kind):  # JSON has no word for what is not a number
        column = pc.if_else(pc.is_finite(column), column, None)
    elif not (_is_number(kind) or pa.types.is_boolean(kind) or pa.types.is_nested(kind)):
        column = column.cast(pa.string())
    values: list[Any] = column.to_pylist()
    return values
