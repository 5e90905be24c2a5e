"""Writes a release's dashboards: for each audience a folder that holds the shared shell and that audience's own data.

What an audience may see is decided by Served (audiences.py) alone; this module writes every table that audience_tables/
lists and nothing else. Belongs here: files and links. Does not belong here: filtering, suppression, figures.
"""

import hashlib
import json
import os
import tempfile
import time
from collections.abc import Collection, Iterable, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from dashboards.at_once import AtOnce
from dashboards.audiences import SCHEMA, Served
from dashboards.disclosed import tables
from dashboards.inputs import Inputs
from dashboards.links import link
from dashboards.viewers import Viewer

# Which file is that of a key (inputs.py), for the next release; beside the audiences' folders, served to nobody.
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

    A file is Parquet, named by its content, and shared by hard link between audiences that see the same; one without
    rows is an Arrow stream (browsers' Parquet readers fail on a file without a row group). A table is one file, but for
    those that a school is served in two parts: the rows that everybody is served, the same file for all, and its own.
    So one school's change makes the shared files and that school's. manifest.json (_write_manifest) comes last, by
    rename: a folder that has one is whole. The bytes are the same with and without `previous`.

    Returns {"audiences", "tables", "files", "carried", "bytes", "seconds"}: files and bytes of data written; carried:
    files taken over from the release before.
    """
    started = time.monotonic()
    out.mkdir(parents=True, exist_ok=True)
    pages = sorted(path.relative_to(shell) for path in shell.rglob("*") if path.is_file())
    everyone = [*audiences, *(groups or {})]
    with (
        tempfile.TemporaryDirectory(prefix=".writing-", dir=out) as scratch,
        Served(warehouse, people, groups) as served,
    ):
        files = _Files(served, out, Path(scratch), previous)
        files.make((audience, table) for audience in everyone for table in sorted(tables()))
        for audience in everyone:
            site = out / audience
            _link_pages(shell, pages, site)
            placed = {table: files.place(audience, table) for table in sorted(tables())}
            _write_manifest(site, audience, served.viewer(audience).own, placed, release_id)
        files.write_index()
    return {
        "audiences": len(everyone),
        "tables": len(tables()),
        "files": len(files.written),
        "carried": files.carried,
        "bytes": sum(path.stat().st_size for path in files.written),
        "seconds": round(time.monotonic() - started, 2),
    }


@dataclass(frozen=True)
class _File:
    """A file of a table: the digest of its bytes, where it lies, and whether it was made or is one of before."""

    digest: str
    path: Path
    is_made: bool


class _Files:
    """The files of one release's tables, each made once.

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

    def make(self, wanted: Iterable[tuple[str, str]]) -> None:
        """Makes the files of the tables that these audiences are served, but for those that were made before."""
        files: dict[str, tuple[str, str, _File | Future[_File]]] = {}
        with AtOnce(self._served.db) as workers:
            for audience, table in wanted:
                for viewer, query in self._served.parts(audience, table):
                    key = self._inputs.key(table, viewer, query)
                    if key not in files:
                        file = self._earlier_file(key, table) or workers.submit(partial(self._made, key, query))
                        files[key] = audience, table, file
            for key, (audience, table, found) in files.items():
                file = found.result() if isinstance(found, Future) else found
                self._by_key[key] = file.digest
                if file.digest not in self._by_digest:
                    self._by_digest[file.digest] = self._put(file, audience, table)
                    if file.is_made:
                        self.written.append(self._by_digest[file.digest])
                    self.carried += not file.is_made
                if file.is_made:
                    file.path.unlink()

    def place(self, audience: str, table: str) -> list[str]:
        """Puts the parts of a table into the audience's site; returns their paths from the site's root."""
        return [self._place(audience, table, *part) for part in self._served.parts(audience, table)]

    def _place(self, audience: str, table: str, viewer: Viewer, query: str) -> str:
        digest = self._by_key[self._inputs.key(table, viewer, query)]
        name = _name(table, digest)
        target = self._out / audience / name
        if self._by_digest[digest] != target:
            target.parent.mkdir(parents=True, exist_ok=True)
            link(self._by_digest[digest], target)
        return name

    def _earlier_file(self, key: str, table: str) -> _File | None:
        """The file of the release before, or None where there is none."""
        digest, whose = self._earlier.get(key, (None, None))
        if digest is None or whose is None or self._previous is None:
            return None
        path = self._previous / whose / _name(table, digest)
        return _File(digest, path, is_made=False) if path.is_file() else None

    def _made(self, key: str, query: str, connection: duckdb.DuckDBPyConnection) -> _File:
        fresh = self._scratch / f"{key}.parquet"
        _write(connection, query, fresh)
        return _File(hashlib.md5(fresh.read_bytes(), usedforsecurity=False).hexdigest(), fresh, is_made=True)

    def _put(self, file: _File, audience: str, table: str) -> Path:
        target = self._out / audience / _name(table, file.digest)
        target.parent.mkdir(parents=True, exist_ok=True)
        link(file.path, target)
        return target

    def write_index(self) -> None:
        """Says for the next release which file is that of which key: [its digest, whose folder holds it]."""
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


def _write(connection: duckdb.DuckDBPyConnection, query: str, path: Path) -> None:
    """Writes the rows of a query in order of all their columns, so that the same rows make the same bytes."""
    place = str(path).replace("'", "''")
    rows = f"select * from ({query}) order by all"
    written = connection.execute(f"copy ({rows}) to '{place}' (format parquet, compression zstd, parquet_version v1)")
    if written.fetchall() != [(0,)]:
        return
    schema = pq.read_schema(path).remove_metadata()  # the types that the file's rows would have had
    path.unlink()
    with pa.OSFile(str(path), "wb") as sink, pa.ipc.new_stream(sink, schema):
        pass


def _write_manifest(
    site: Path, audience: str, slug: str | None, placed: Mapping[str, Sequence[str]], release_id: str | None
) -> None:
    """Says which file is which table: of whole tables in `renderedFiles`, whose file's name is the table's; in `parts`
    both of those that are in two. Such a table is what viewers.joined makes of them for the school `slug`."""
    manifest = {
        "audience": audience,
        "release": release_id,
        "renderedFiles": {SCHEMA: [files[0] for files in placed.values() if len(files) == 1]},
        "slug": slug,
        "parts": {table: {"shared": files[0], "own": files[1]} for table, files in placed.items() if len(files) == 2},
    }
    (site / "data").mkdir(exist_ok=True)
    _write_json(site / "data" / "manifest.json", manifest)


def _write_json(path: Path, content: Any) -> None:
    fresh = path.with_name(f".{path.name}.new")
    fresh.write_text(json.dumps(content, indent=1, sort_keys=True) + "\n", "utf-8")
    os.replace(fresh, path)


def _link_pages(shell: Path, pages: Sequence[Path], site: Path) -> None:
    for folder in sorted({Path(), *(page.parent for page in pages)}):
        (site / folder).mkdir(parents=True, exist_ok=True)
    for page in pages:
        link(shell / page, site / page)
