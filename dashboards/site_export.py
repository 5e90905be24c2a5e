"""Writes a release's dashboards: for each audience a folder that holds the shared shell and that audience's own data.

What an audience may see is decided by Served (audiences.py) alone; this module writes every table that audience_tables/
lists and nothing else. Belongs here: files and links. Does not belong here: filtering, suppression, figures.
"""

import hashlib
import json
import os
import tempfile
import time
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from dashboards.audiences import SCHEMA, Served
from dashboards.disclosed import tables
from dashboards.inputs import Inputs
from dashboards.links import link

# Which file is the table of a key (inputs.py), for the next release; beside the audiences' folders, served to nobody.
INDEX = ".files.json"


def export_site(
    warehouse: Path,
    shell: Path,
    out: Path,
    audiences: Sequence[str],
    release_id: str | None = None,
    people: pa.Table | None = None,
    groups: Mapping[str, Collection[str]] | None = None,
    previous: Path | None = None,
) -> dict[str, Any]:
    """Writes out/<audience>/ for every audience: a self-contained static site, shell and data.

    warehouse: a built warehouse file; shell: what evidence.build_shell returned; audiences: "network",
    "school/<slug>" and so on, each a nested folder. people and groups: as Served takes them. previous: what this
    function wrote for the release before, whose files are linked where a table would be the same.

    A table's file is Parquet, named by its content, and shared by hard link between audiences that see the same; a
    table without rows is an Arrow stream (browsers' Parquet readers fail on a file without a row group). manifest.json
    comes last, by rename: a folder that has one is whole. The bytes are the same with and without `previous`.

    Returns {"audiences", "tables", "files", "carried", "bytes", "seconds"}: files and bytes of data written; carried:
    files taken over from the release before.
    """
    started = time.monotonic()
    out.mkdir(parents=True, exist_ok=True)
    pages = sorted(path for path in shell.rglob("*") if path.is_file())
    everyone = [*audiences, *(groups or {})]
    with (
        tempfile.TemporaryDirectory(prefix=".writing-", dir=out) as scratch,
        Served(warehouse, people, groups) as served,
    ):
        files = _Files(served, out, Path(scratch), previous)
        for audience in everyone:
            site = out / audience
            _link_all(pages, shell, site)
            placed = [files.place(audience, table) for table in sorted(tables())]
            _write_manifest(site, audience, placed, release_id)
        files.write_index()
    return {
        "audiences": len(everyone),
        "tables": len(tables()),
        "files": len(files.written),
        "carried": files.carried,
        "bytes": sum(path.stat().st_size for path in files.written),
        "seconds": round(time.monotonic() - started, 2),
    }


class _Files:
    """The tables' files of one release, each made once.

    written: those made from rows; carried: how many were taken over from the release before.
    """

    def __init__(self, served: Served, out: Path, scratch: Path, previous: Path | None) -> None:
        self._served, self._out, self._scratch, self._previous = served, out, scratch, previous
        self._inputs = Inputs(served)
        self._earlier = _index_of(previous)
        self._by_key: dict[str, str] = {}
        self._by_digest: dict[str, Path] = {}
        self.written: list[Path] = []
        self.carried = 0

    def place(self, audience: str, table: str) -> str:
        """Puts one table's file into the audience's site; returns its path from the site's root."""
        key = self._inputs.key(audience, table)
        digest = self._by_key.get(key)
        if digest is None:
            digest = self._by_key[key] = self._carry(key, table, audience) or self._make(audience, table)
        name = _name(table, digest)
        target = self._out / audience / name
        if self._by_digest[digest] != target:
            target.parent.mkdir(parents=True, exist_ok=True)
            link(self._by_digest[digest], target)
        return name

    def _carry(self, key: str, table: str, audience: str) -> str | None:
        """Takes a table's file over from the release before; returns its digest, or None where there is none."""
        digest, whose = self._earlier.get(key, (None, None))
        if digest is None or whose is None or self._previous is None:
            return None
        source = self._previous / whose / _name(table, digest)
        if not source.is_file():
            return None
        self.carried += digest not in self._by_digest
        return self._put(source, audience, table, digest)

    def _make(self, audience: str, table: str) -> str:
        fresh = self._scratch / f"{table}.parquet"
        _write(self._served.db, self._served.query_in_order(audience, table), fresh)
        digest = hashlib.md5(fresh.read_bytes(), usedforsecurity=False).hexdigest()
        if digest not in self._by_digest:
            self._put(fresh, audience, table, digest)
            self.written.append(self._by_digest[digest])
        fresh.unlink()
        return digest

    def _put(self, source: Path, audience: str, table: str, digest: str) -> str:
        if digest not in self._by_digest:
            target = self._out / audience / _name(table, digest)
            target.parent.mkdir(parents=True, exist_ok=True)
            link(source, target)
            self._by_digest[digest] = target
        return digest

    def write_index(self) -> None:
        """Says for the next release which file is the table of which key: [its digest, whose folder holds it]."""
        whose = {digest: path.parents[4].relative_to(self._out) for digest, path in self._by_digest.items()}
        index = {key: [digest, str(whose[digest])] for key, digest in sorted(self._by_key.items())}
        _write_json(self._out / INDEX, index)


def _index_of(previous: Path | None) -> dict[str, tuple[str, str]]:
    """The index of an earlier export; empty where there is none that can be read."""
    try:
        found = json.loads((previous / INDEX).read_text("utf-8")) if previous else {}
    except (OSError, ValueError):
        return {}
    return {key: (digest, whose) for key, (digest, whose) in found.items()}


def _name(table: str, digest: str) -> str:
    return f"data/{SCHEMA}/{table}/{digest}/{table}.parquet"


def _write(connection: duckdb.DuckDBPyConnection, rows: str, path: Path) -> None:
    """Writes the rows of a query in its order, so that the same rows make the same bytes."""
    place = str(path).replace("'", "''")
    connection.execute(f"copy ({rows}) to '{place}' (format parquet, compression zstd, parquet_version v1)")
    if connection.execute("select sum(num_rows) from parquet_file_metadata(?)", [str(path)]).fetchall()[0][0]:
        return
    schema = connection.execute(f"select * from ({rows}) limit 0").to_arrow_table().schema
    path.unlink()
    with pa.OSFile(str(path), "wb") as sink, pa.ipc.new_stream(sink, schema):
        pass


def _write_manifest(site: Path, audience: str, files: list[str], release_id: str | None) -> None:
    (site / "data").mkdir(exist_ok=True)
    manifest = {"audience": audience, "release": release_id, "renderedFiles": {SCHEMA: files}}
    _write_json(site / "data" / "manifest.json", manifest)


def _write_json(path: Path, content: Any) -> None:
    fresh = path.with_name(f".{path.name}.new")
    fresh.write_text(json.dumps(content, indent=1, sort_keys=True) + "\n", "utf-8")
    os.replace(fresh, path)


def _link_all(files: Sequence[Path], source: Path, target: Path) -> None:
    for folder in sorted({path.parent for path in files}):
        (target / folder.relative_to(source)).mkdir(parents=True, exist_ok=True)
    target.mkdir(parents=True, exist_ok=True)
    for path in files:
        link(path, target / path.relative_to(source))
