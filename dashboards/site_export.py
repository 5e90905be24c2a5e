"""Writes a release's dashboards: for each audience a folder that holds the shared shell and that audience's own data.

What an audience may see is decided by open_audience (audiences.py) alone; this module writes every table it is given
and nothing else. Belongs here: files and links. Does not belong here: filtering, suppression, figures.
"""

import hashlib
import json
import os
import shutil
import tempfile
import time
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from dashboards.audiences import is_the_same_for_all, open_audience

SCHEMA = "rollcall"


def export_site(
    warehouse: Path,
    shell: Path,
    out: Path,
    audiences: Sequence[str],
    release_id: str | None = None,
    people: pa.Table | None = None,
    groups: Mapping[str, Collection[str]] | None = None,
) -> dict[str, Any]:
    """Writes out/<audience>/ for every audience: a self-contained static site, shell and data.

    warehouse: a built warehouse file; shell: what evidence.build_shell returned; audiences: "network",
    "school/<slug>" and so on, each a nested folder. people: who the pupils are, as open_audience takes it; groups: the
    pupil keys of each further audience "school/<slug>/<group>". A table's file is Parquet, named by its content, and
    shared by hard link between audiences that see the same; a table without rows is an Arrow stream (browsers' Parquet
    readers fail on a file without a row group). manifest.json comes last, by rename: a folder that has one is whole.

    Returns {"audiences", "tables", "files", "bytes", "seconds"}: files and bytes of data written, links not counted.
    """
    started = time.monotonic()
    out.mkdir(parents=True, exist_ok=True)
    written: dict[str, Path] = {}
    common: dict[str, str] = {}
    tables: set[str] = set()
    with tempfile.TemporaryDirectory(prefix=".writing-", dir=out) as scratch:
        for audience in [*audiences, *(groups or {})]:
            site = out / audience
            _link_tree(shell, site)
            files = []
            members = (groups or {}).get(audience)
            with open_audience(warehouse, audience, people, members) as connection:
                for table in _tables(connection):
                    files.append(_place(connection, table, Path(scratch), site, written, common))
                    tables.add(table)
            _write_manifest(site, audience, files, release_id)
    return {
        "audiences": len(audiences) + len(groups or {}),
        "tables": len(tables),
        "files": len(written),
        "bytes": sum(path.stat().st_size for path in written.values()),
        "seconds": round(time.monotonic() - started, 2),
    }


def _tables(connection: duckdb.DuckDBPyConnection) -> list[str]:
    query = "select table_name from information_schema.tables where table_schema = ? order by table_name"
    return [row[0] for row in connection.execute(query, [SCHEMA]).fetchall()]


def _place(
    connection: duckdb.DuckDBPyConnection,
    table: str,
    scratch: Path,
    site: Path,
    written: dict[str, Path],
    common: dict[str, str],
) -> str:
    """Puts one table's file into the site; returns its path from the site's root.

    written: the files so far by digest; common: the digests of tables that every audience is served the same.
    """
    fresh = scratch / f"{table}.parquet"
    digest = common.get(table)
    if digest is None:
        _write(connection, table, fresh)
        digest = hashlib.md5(fresh.read_bytes(), usedforsecurity=False).hexdigest()
        if is_the_same_for_all(table):
            common[table] = digest
    name = f"data/{SCHEMA}/{table}/{digest}/{table}.parquet"
    target = site / name
    target.parent.mkdir(parents=True, exist_ok=True)
    if digest in written:
        fresh.unlink(missing_ok=True)
        _link(written[digest], target)
    else:
        os.replace(fresh, target)
        written[digest] = target
    return name


def _write(connection: duckdb.DuckDBPyConnection, table: str, path: Path) -> None:
    """Writes one table in a fixed order of rows, so that the same rows make the same bytes."""
    query = f'select * from {SCHEMA}."{table}" order by all'
    if connection.execute(f'select exists(from {SCHEMA}."{table}")').fetchall()[0][0]:
        place = str(path).replace("'", "''")
        connection.execute(f"copy ({query}) to '{place}' (format parquet, compression zstd, parquet_version v1)")
        return
    schema = connection.execute(query).to_arrow_table().schema
    with pa.OSFile(str(path), "wb") as sink, pa.ipc.new_stream(sink, schema):
        pass


def _write_manifest(site: Path, audience: str, files: list[str], release_id: str | None) -> None:
    manifest = {"audience": audience, "release": release_id, "renderedFiles": {SCHEMA: files}}
    fresh = site / "data" / ".manifest.json"
    fresh.parent.mkdir(exist_ok=True)
    fresh.write_text(json.dumps(manifest, indent=1, sort_keys=True) + "\n", "utf-8")
    os.replace(fresh, site / "data" / "manifest.json")


def _link_tree(source: Path, target: Path) -> None:
    for path in sorted(source.rglob("*")):
        place = target / path.relative_to(source)
        if path.is_dir():
            place.mkdir(parents=True, exist_ok=True)
        else:
            place.parent.mkdir(parents=True, exist_ok=True)
            _link(path, place)


def _link(source: Path, target: Path) -> None:
    """A hard link, or a copy where the file system has none (another disk, or too many links)."""
    target.unlink(missing_ok=True)
    try:
        os.link(source, target)
    except OSError:
        shutil.copyfile(source, target)
