"""A release's tables as Parquet: written where they changed, else linked from the release before.

A table is one file, `<table>.parquet`, or, where it is sliced, one for each slice, as in
`<table>/<academic year>/<school_urn>.parquet`. What each holds is kept in the manifest as a digest of its rows, so that
the next release can tell what is the same. Belongs here: files of tables. Does not belong here: what a release is.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import duckdb

from dashboards.at_once import AtOnce
from dashboards.links import link

FOLDER = "parquet"
# Files are written from one end to the other; without a limit the database keeps all that it read.
_MEMORY = "1GB"
# Rows in any order: how many, and two sums of their hashes (one of which sees rows that are there twice).
_DIGEST = "count(*), bit_xor(hash(given)), sum(hash(given))"
Slice = tuple[Any, ...]
# Whether a slice of a table, both by name, may hold other rows than in the release before.
Changed = Callable[[str, Slice], bool]
# {table: {"shape": its columns, "files": {file: [rows, digests as text]}}}
Contents = dict[str, dict[str, Any]]


def write_tables(
    db: duckdb.DuckDBPyConnection,
    tables: Mapping[str, str],
    folder: Path,
    previous: Path | None = None,
    earlier: Contents | None = None,
    sliced: Mapping[str, Sequence[str]] | None = None,
    changed: Changed | None = None,
) -> Contents:
    """Write tables as Parquet into a folder; returns what each file holds, for the manifest.

    tables: what to select each from, by name. previous: the folder of the release before, and earlier: what this
    returned for it. sliced: the columns by which a table is cut, for those that are, as ("school_urn",
    "academic_year"). changed: what the run knows of a slice (values of these columns); one that it did not build
    anew is taken over if it has as many rows as before. Without it every slice's rows are compared.
    """

    def write(name: str, connection: duckdb.DuckDBPyConnection) -> dict[str, Any]:
        rows, columns, known = tables[name], (sliced or {}).get(name), (earlier or {}).get(name, {})
        shape = [list(row[:2]) for row in connection.execute(f"describe from {rows}").fetchall()]
        same_shape = known.get("shape") == [duckdb.__version__, shape]
        before: dict[str, list[Any]] = known.get("files", {}) if same_shape else {}
        found = _slices(connection, name, rows, columns, before, changed) if columns else _whole(connection, name, rows)
        for file, (condition, digest) in found.items():
            source, target = previous / file if previous else None, folder / file
            target.parent.mkdir(parents=True, exist_ok=True)
            if source is not None and before.get(file) == digest and source.is_file():
                link(source, target)
            else:
                _write(connection, f"from {rows} where {condition}", target)
        return {"shape": [duckdb.__version__, shape], "files": {file: digest for file, (_, digest) in found.items()}}

    folder.mkdir(parents=True, exist_ok=True)
    db.execute(f"set memory_limit = '{_MEMORY}'")
    with AtOnce(db) as workers:
        written = {name: workers.submit(partial(write, name)) for name in sorted(tables)}
        return {name: contents.result() for name, contents in written.items()}


def _whole(db: duckdb.DuckDBPyConnection, name: str, rows: str) -> dict[str, tuple[str, list[Any]]]:
    found = db.execute(f"select {_DIGEST} from {rows} as given").fetchall()[0]
    return {f"{name}.parquet": ("true", _told(found))}


def _slices(
    db: duckdb.DuckDBPyConnection,
    name: str,
    rows: str,
    columns: Sequence[str],
    before: Mapping[str, list[Any]],
    changed: Changed | None,
) -> dict[str, tuple[str, list[Any]]]:
    """Each file of a sliced table: the condition of its rows, and their digest. One without rows where it has none."""
    keys = ", ".join(columns)
    counted = db.execute(f"select {keys}, count(*) from {rows} group by all order by all").fetchall()
    if not counted:
        return {f"{name}/none.parquet": ("false", [0, "", ""])}
    found: dict[str, tuple[str, list[Any]]] = {}
    unknown: dict[Slice, str] = {}
    for *values, count in counted:
        key = tuple(values)
        file, condition = _place(name, key), _condition(columns, key)
        known = before.get(file)
        if changed is not None and known is not None and known[0] == count and not changed(name, key):
            found[file] = condition, known
        else:
            unknown[key] = file
    if unknown:
        where = (
            " or ".join(f"({_condition(columns, key)})" for key in unknown) if len(unknown) < len(counted) else "true"
        )
        digests = db.execute(f"select {keys}, {_DIGEST} from {rows} as given where {where} group by {keys}").fetchall()
        for row in digests:
            key = tuple(row[: len(columns)])
            found[unknown[key]] = _condition(columns, key), _told(row[len(columns) :])
    return dict(sorted(found.items()))


def _told(digest: Sequence[Any]) -> list[Any]:
    """A digest as JSON has it: the number of rows, and the sums as text."""
    return [int(digest[0]), *(str(value) for value in digest[1:])]


def _place(name: str, key: Slice) -> str:
    """fct_sessions, (900001, '2025/26') -> fct_sessions/2025-26/900001.parquet."""
    parts = [re.sub(r"[^A-Za-z0-9_-]+", "-", str(value)) for value in reversed(key)]
    return "/".join([name, *parts]) + ".parquet"


def _condition(columns: Sequence[str], key: Slice) -> str:
    """A literal predicate, so that the warehouse skips what it is not about."""
    return " and ".join(
        f"{column} is not distinct from {_literal(value)}" if value is None else f"{column} = {_literal(value)}"
        for column, value in zip(columns, key, strict=True)
    )


def _literal(value: Any) -> str:
    if value is None:
        return "null"
    return str(value) if isinstance(value, int) else "'" + str(value).replace("'", "''") + "'"


def _write(db: duckdb.DuckDBPyConnection, query: str, target: Path) -> None:
    quoted = str(target).replace("'", "''")
    db.execute(f"copy ({query}) to '{quoted}' (format parquet, compression zstd)")
