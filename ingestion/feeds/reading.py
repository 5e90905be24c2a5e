"""From a file's bytes to a table of text cells that knows the line of each row.

Belongs here: encodings, CSV dialects, JSON records, Parquet. Does not belong here: what a cell means.
"""

import csv
import io
import json
from dataclasses import dataclass

import polars as pl

from ingestion.feeds.profile import conventions

_UTF16_MARKS = (b"\xff\xfe", b"\xfe\xff")
_JSON_ARRAY_MARKS = ("[", "{")


class UnreadableFile(Exception):
    """The file as a whole cannot be read; the message says what it seems to be, without any of its content."""


@dataclass(frozen=True)
class RawTable:
    """A file's rows as text.

    headings: as written in the file. frame: column `source_row` (line of the row, or ordinal of a JSON record) and
    one text column per heading, named by its position (`c0`, `c1`, …); an empty cell is null.
    """

    headings: list[str]
    frame: pl.DataFrame


def read_file(content: bytes, extension: str, records_under: str | None = None) -> RawTable:
    """Reads a CSV, JSON or Parquet file. Raises UnreadableFile with a plain reason."""
    if not content.strip():
        raise UnreadableFile("the file is empty")
    if extension == "parquet":
        return _read_parquet(content)
    if extension == "xml":
        raise UnreadableFile("no feed profile reads XML; export it as CSV or JSON")
    text = decode(content)
    if not text.strip():
        raise UnreadableFile("the file is empty")
    return _read_json(text, records_under) if extension == "json" else _read_csv(text)


def decode(content: bytes) -> str:
    """The text of a file in UTF-8 (with or without a byte order mark), UTF-16 with one, or Windows-1252.

    Raises UnreadableFile for anything that is not text.
    """
    if content.startswith(_UTF16_MARKS):
        try:
            return content.decode("utf-16")
        except UnicodeDecodeError:
            raise UnreadableFile("the file is not text that can be read") from None
    if b"\x00" in content:
        raise UnreadableFile("the file is not text (it may be a spreadsheet or an archive); export it as CSV")
    for encoding in ("utf-8-sig", "cp1252"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise UnreadableFile("the file is neither UTF-8 nor Windows-1252 text; export it again as CSV")


def _read_csv(text: str) -> RawTable:
    if "\n" not in text:
        text = text.replace("\r", "\n")
    first_line = text.split("\n", 1)[0]
    delimiter = max(conventions().delimiters, key=first_line.count)
    headings = next(csv.reader([first_line.rstrip("\r")], delimiter=delimiter), [])
    if not any(heading.strip() for heading in headings):
        raise UnreadableFile("the first line has no headings")
    body = text[len(first_line) + 1 :]
    frame = _read_quickly(body, delimiter, len(headings))
    if frame is None:
        frame = _read_carefully(body, delimiter, len(headings))
    return RawTable(headings, frame)


def _read_quickly(body: str, delimiter: str, width: int) -> pl.DataFrame | None:
    """The rows below the headings by Polars' reader, or None where a row may not be one line."""
    names = _names(width)
    if not body.strip():
        return pl.DataFrame(schema={"source_row": pl.Int32, **dict.fromkeys(names, pl.String)})
    try:
        frame = pl.read_csv(
            io.BytesIO(body.encode()),
            has_header=False,
            separator=delimiter,
            schema=dict.fromkeys(names, pl.String),
            truncate_ragged_lines=True,
            extra_columns="ignore",
            missing_columns="insert",
        )
    except (pl.exceptions.ComputeError, pl.exceptions.NoDataError, pl.exceptions.ShapeError, pl.exceptions.SchemaError):
        return None
    lines = body.count("\n") + (not body.endswith("\n"))
    if frame.height != lines or frame.select(pl.all_horizontal(pl.all().is_null()).any()).item():
        return None
    return frame.select(pl.int_range(2, pl.len() + 2, dtype=pl.Int32).alias("source_row"), pl.all())


def _read_carefully(body: str, delimiter: str, width: int) -> pl.DataFrame:
    """The same by the standard library: knows line breaks in quotes, blank lines and quotes that never end."""
    try:
        records = _records(body, delimiter)
    except csv.Error:
        single = (next(csv.reader([line], delimiter=delimiter), []) for line in body.splitlines())
        records = [(number + 2, row) for number, row in enumerate(single) if row]
    columns = {
        name: [row[i] or None if i < len(row) else None for _, row in records] for i, name in enumerate(_names(width))
    }
    lines = pl.Series("source_row", [number for number, _ in records], dtype=pl.Int32)
    return pl.DataFrame([lines, *(pl.Series(name, cells, dtype=pl.String) for name, cells in columns.items())])


def _records(body: str, delimiter: str) -> list[tuple[int, list[str]]]:
    """Each record that is not a blank line, with the line of the file on which it starts."""
    reader = csv.reader(io.StringIO(body, newline=""), delimiter=delimiter, strict=True)
    records = []
    line = 2
    for row in reader:
        if row:
            records.append((line, row))
        line = reader.line_num + 2
    return records


def _read_json(text: str, records_under: str | None) -> RawTable:
    try:
        document = json.loads(text)
    except (ValueError, RecursionError):
        raise UnreadableFile("the file is not complete JSON; export it again") from None
    if isinstance(document, dict) and records_under is not None:
        document = document.get(records_under)
    if not isinstance(document, list):
        raise UnreadableFile("the JSON holds no list of records")
    records = [record if isinstance(record, dict) else {} for record in document]
    headings = list(dict.fromkeys(str(key) for record in records for key in record))
    columns = [
        pl.Series(name, [_cell(record.get(heading)) for record in records], dtype=pl.String)
        for name, heading in zip(_names(len(headings)), headings, strict=True)
    ]
    ordinals = pl.Series("source_row", range(1, len(records) + 1), dtype=pl.Int32)
    return RawTable(headings, pl.DataFrame([ordinals, *columns]))


def _cell(value: object) -> str | None:
    if value is None or value == "":
        return None
    return value if isinstance(value, str) else json.dumps(value)


def _read_parquet(content: bytes) -> RawTable:
    try:
        frame = pl.read_parquet(io.BytesIO(content))
        text = frame.select(pl.all().cast(pl.String))
    except Exception:
        raise UnreadableFile("the file is not a Parquet table that can be read") from None
    renamed = text.rename(dict(zip(text.columns, _names(text.width), strict=True)))
    rows = renamed.select(pl.int_range(1, pl.len() + 1, dtype=pl.Int32).alias("source_row"), pl.all())
    return RawTable(frame.columns, rows)


def _names(width: int) -> list[str]:
    return [f"c{i}" for i in range(width)]
