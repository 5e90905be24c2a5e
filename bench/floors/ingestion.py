"""The floor of ingestion: what DuckDB takes to read the same CSV files, with given types, into Parquet.

Nothing is judged, keyed or explained, no byte is archived, and a row that does not fit its types is dropped: no product
that does more can be quicker by the same means, so it is what ingestion is measured against.

    uv run python bench/floors/ingestion.py DIR     # every CSV of marks below DIR, to a folder that is deleted again
"""

import csv
import os
import sys
import tempfile
import time
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import duckdb

THREADS = 2
_DATES = {"date", "session date"}
_NUMBERS = {"minutes late", "minutes_late"}
_DELIMITERS = (",", ";", "\t", "|")
_FORMATS = {"-": "%Y-%m-%d", "/": "%d/%m/%Y"}


@dataclass(frozen=True)
class Known:
    """What somebody who reads the file by hand tells DuckDB of it: nothing is detected while the clock runs."""

    path: Path
    delimiter: str
    columns: dict[str, str]
    date_format: str


def look(path: Path, aside: Path) -> Known:
    """What is known of a file before it is read: its delimiter, its columns with their types, how it writes dates.

    aside: where a copy in UTF-8 is put of a file in Windows-1252, which DuckDB does not read without an extension.
    """
    content = path.read_bytes()
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("cp1252")
        path = aside
        path.write_text(text, encoding="utf-8")
    lines = text.split("\n", 2)
    delimiter = max(_DELIMITERS, key=lines[0].count)
    headings = next(csv.reader(lines[:1], delimiter=delimiter))
    types = {heading: _type_of(heading) for heading in headings}
    dated = [place for place, heading in enumerate(headings) if types[heading] == "DATE"]
    date_format = _FORMATS["-"]
    if dated and len(lines) > 1:
        cell = next(csv.reader(lines[1:2], delimiter=delimiter))[dated[0]]
        date_format = next((form for mark, form in _FORMATS.items() if mark in cell), date_format)
    return Known(path, delimiter, types, date_format)


def _type_of(heading: str) -> str:
    plain = heading.strip().lower()
    return "DATE" if plain in _DATES else "SMALLINT" if plain in _NUMBERS else "VARCHAR"


def floor(files: Iterable[Path], target: Path) -> float:
    """Seconds that DuckDB takes to read the CSV files `files`, and to write each as a Parquet file below `target`."""
    target.mkdir(parents=True, exist_ok=True)
    known = [look(path, target / f"{number}.csv") for number, path in enumerate(files)]
    with duckdb.connect() as connection:
        connection.execute(f"set threads = {THREADS}")
        begun = time.perf_counter()
        for number, one in enumerate(known):
            connection.execute(
                "copy (select * from read_csv(?, header = true, auto_detect = false, delim = ?, quote = '\"',"
                f" columns = {one.columns!r}, dateformat = ?, null_padding = true, ignore_errors = true))"
                f" to '{target / f'{number}.parquet'}' (format parquet, compression zstd)",
                [str(one.path), one.delimiter, one.date_format],
            )
        return time.perf_counter() - begun


def main() -> None:
    files = sorted(Path(sys.argv[1]).rglob("marks_*.csv"))
    with tempfile.TemporaryDirectory() as target:
        began = os.times()
        seconds = floor(files, Path(target))
        spent = os.times()
        rows = duckdb.execute(f"select count(*) from '{target}/*.parquet'").fetchone()
    cpu = spent.user + spent.system - began.user - began.system
    print(f"{len(files)} files, {rows[0] if rows else 0:,} rows: {seconds:.2f} s, {cpu:.2f} s of CPU")


if __name__ == "__main__":
    main()
