"""From a file's bytes to a table of text cells that knows the line of each row.

Belongs here: encodings, CSV dialects, JSON records, Parquet. Does not belong here: what a cell means.
"""

import codecs
import csv
import io
import json
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

import polars as pl

from ingestion.feeds.profile import conventions

_UTF16_MARKS = (b"\xff\xfe", b"\xfe\xff")
_OTHER_FORMATS = {
    b"PK\x03\x04": "not text but a spreadsheet or a zip archive",
    b"\x1f\x8b": "not text but a gzip archive",
    b"%PDF": "not text but a PDF",
    b"\xd0\xcf\x11\xe0": "not text but a spreadsheet of an old kind",
    b"<html": "a web page",
    b"<!DOCTYPE html": "a web page",
}
_PORTION_OF_CELLS = 1_000_000

_IN_PARTS = "export it in parts"
_LONG_FIELD = "a field is far too long (was a quotation mark never closed?); export it again"
_DEEP = "the JSON is nested too deeply to be a list of records"
_NO_PARQUET = "the file is not a Parquet table that can be read"


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
    """Reads a CSV, JSON or Parquet file. Raises UnreadableFile with a plain reason, also for a file beyond the limits
    of conventions.yaml."""
    if not content or content.isspace():
        raise UnreadableFile("the file is empty")
    if extension == "parquet":
        return _bounded(_read_parquet(content))
    looks_like = next((what for mark, what in _OTHER_FORMATS.items() if content.startswith(mark)), None)
    if looks_like:
        raise UnreadableFile(f"the file is {looks_like}, whatever its name says; export it as CSV")
    if extension == "xml":
        raise UnreadableFile("no feed profile reads XML; export it as CSV or JSON")
    if extension == "json" and len(content) > conventions().limits.json_bytes:
        raise UnreadableFile(f"the file holds more JSON than Rollcall reads ({_size('json_bytes')}); {_IN_PARTS}")
    data = in_utf8(content)
    if _is_blank(data):
        raise UnreadableFile("the file is empty")
    return _bounded(_read_json(data.decode(), records_under) if extension == "json" else _read_csv(data))


def _bounded(table: RawTable) -> RawTable:
    columns = table.frame.columns[1:]
    longest = table.frame.select(pl.max_horizontal(pl.col(columns).str.len_bytes().max())).item() if columns else None
    if longest is not None and longest > conventions().limits.field_bytes:
        raise UnreadableFile(_LONG_FIELD)
    return table


def _fits(rows: int, columns: int) -> None:
    """Raises UnreadableFile for a table beyond the limits, before memory is taken for it."""
    limits = conventions().limits
    for what, found, allowed in (
        ("columns", columns, limits.columns),
        ("rows", rows, limits.rows),
        ("cells", rows * columns, limits.cells),
    ):
        if found > allowed:
            raise UnreadableFile(f"the file has more {what} than Rollcall reads ({allowed:,}); {_IN_PARTS}")


def _size(limit: str) -> str:
    return f"{getattr(conventions().limits, limit):,} bytes"


def decode(content: bytes) -> str:
    """The text of a file in UTF-8 (with or without a byte order mark), UTF-16 with one, or Windows-1252.

    Raises UnreadableFile for anything that is not text.
    """
    return in_utf8(content).decode()


def in_utf8(content: bytes) -> bytes:
    """The same as bytes of UTF-8 without a byte order mark: a file that is so already is not copied into text and back.

    Raises UnreadableFile for anything that is not text.
    """
    if content.startswith(_UTF16_MARKS):
        try:
            return content.decode("utf-16").encode()
        except UnicodeDecodeError:
            raise UnreadableFile("the file is not text that can be read") from None
    if b"\x00" in content:
        raise UnreadableFile("the file is not text (it may be a spreadsheet or an archive); export it as CSV")
    if content.isascii():
        return content
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        pass
    else:
        return content.removeprefix(codecs.BOM_UTF8)
    try:
        return content.decode("cp1252").encode()
    except UnicodeDecodeError:
        raise UnreadableFile("the file is neither UTF-8 nor Windows-1252 text; export it again as CSV") from None


def _is_blank(data: bytes) -> bool:
    """True where UTF-8 bytes hold nothing but white space of any kind; looks at the beginning first."""
    beginning = data[:1000].decode(errors="ignore")
    return not beginning.strip() and not data.decode().strip()


def _read_csv(data: bytes) -> RawTable:
    if b"\r" in data:
        data = data.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    end = data.find(b"\n")
    first_line = (data if end < 0 else data[:end]).decode()
    delimiter = max(conventions().delimiters, key=first_line.count)
    body = b"" if end < 0 else data[end + 1 :]
    lines = _lines(body)
    _fits(lines, first_line.count(delimiter) + 1)
    try:
        headings = next(csv.reader([first_line], delimiter=delimiter), [])
    except csv.Error:
        raise UnreadableFile(_LONG_FIELD) from None
    if not any(heading.strip() for heading in headings):
        raise UnreadableFile("the first line has no headings")
    frame = _read_quickly(body, lines, delimiter, len(headings))
    if frame is None:
        frame = _read_carefully(body.decode(), delimiter, len(headings))
    return RawTable(headings, frame)


def _lines(body: bytes) -> int:
    return body.count(b"\n") + (body != b"" and not body.endswith(b"\n"))


def _read_quickly(body: bytes, lines: int, delimiter: str, width: int) -> pl.DataFrame | None:
    """The rows below the headings by Polars' reader, or None where a row may not be one line."""
    names = _names(width)
    if _is_blank(body):
        return pl.DataFrame(schema={"source_row": pl.Int32, **dict.fromkeys(names, pl.String)})
    try:
        frame = pl.read_csv(
            body,
            has_header=False,
            separator=delimiter,
            schema=dict.fromkeys(names, pl.String),
            truncate_ragged_lines=True,
            extra_columns="ignore",
            missing_columns="insert",
        )
    except (pl.exceptions.PolarsError, pl.exceptions.PanicException):
        return None
    if frame.height != lines or frame.select(pl.all_horizontal(pl.all().is_null()).any()).item():
        return None
    return frame.select(pl.int_range(2, pl.len() + 2, dtype=pl.Int32).alias("source_row"), pl.all())


def _read_carefully(body: str, delimiter: str, width: int) -> pl.DataFrame:
    """The same by the standard library: knows line breaks in quotes, blank lines and quotes that never end."""
    try:
        return _gather(_records(body, delimiter), width)
    except csv.Error:
        pass
    try:
        return _gather(_lines_alone(body, delimiter), width)
    except csv.Error:
        raise UnreadableFile(_LONG_FIELD) from None


def _gather(records: Iterator[tuple[int, list[str]]], width: int) -> pl.DataFrame:
    """Records as a table, a portion at a time: lists of Python's take several times the memory."""
    schema = {"source_row": pl.Int32, **dict.fromkeys(_names(width), pl.String)}
    portions = [pl.DataFrame(schema=schema)]
    size = max(1, _PORTION_OF_CELLS // width)
    while some := list(islice(records, size)):
        lines = pl.Series("source_row", [number for number, _ in some], dtype=pl.Int32)
        columns = [
            pl.Series(name, [row[i] or None if i < len(row) else None for _, row in some], dtype=pl.String)
            for i, name in enumerate(_names(width))
        ]
        portions.append(pl.DataFrame([lines, *columns]))
    return pl.concat(portions)


def _records(body: str, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    """Each record that is not a blank line, with the line of the file on which it starts."""
    reader = csv.reader(io.StringIO(body, newline=""), delimiter=delimiter, strict=True)
    line = 2
    for row in reader:
        if row:
            yield line, row
        line = reader.line_num + 2


def _lines_alone(body: str, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    """Each line that is not blank as a record of its own."""
    for number, line in enumerate(io.StringIO(body, newline=None), start=2):
        row = next(csv.reader([line.rstrip("\n")], delimiter=delimiter), [])
        if row:
            yield number, row


def _read_json(text: str, records_under: str | None) -> RawTable:
    most = conventions().limits.json_records
    many = f"the file has more records than Rollcall reads ({most:,}); {_IN_PARTS}"
    if text.count("{") + text.count("[") > most:
        raise UnreadableFile(many)
    try:
        document = json.loads(text, object_pairs_hook=_once)
    except RecursionError:
        raise UnreadableFile(_DEEP) from None
    except ValueError:
        raise UnreadableFile("the file is not complete JSON; export it again") from None
    if isinstance(document, dict) and records_under is not None:
        document = document.get(records_under)
    if not isinstance(document, list):
        raise UnreadableFile("the JSON holds no list of records")
    if len(document) > most:
        raise UnreadableFile(many)
    none: dict[str, object] = {}
    records = [record if isinstance(record, dict) else none for record in document]
    headings: dict[str, None] = {}
    for record in records:
        headings.update(dict.fromkeys(record))
        _fits(len(records), len(headings))
    columns = [
        _text_series(name, [_cell(record.get(heading)) for record in records])
        for name, heading in zip(_names(len(headings)), headings, strict=True)
    ]
    ordinals = pl.Series("source_row", range(1, len(records) + 1), dtype=pl.Int32)
    return RawTable([_encodable(heading) for heading in headings], pl.DataFrame([ordinals, *columns]))


def _once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise UnreadableFile("a JSON record names the same field twice; export it again")
    return found


def _text_series(name: str, cells: list[str | None]) -> pl.Series:
    try:
        return pl.Series(name, cells, dtype=pl.String)
    except UnicodeEncodeError:
        return pl.Series(name, [cell and _encodable(cell) for cell in cells], dtype=pl.String)


def _encodable(text: str) -> str:
    # JSON can spell half a character, which is no text elsewhere.
    return text.encode("utf-8", "replace").decode()


def _cell(value: object) -> str | None:
    if value is None or value == "":
        return None
    if isinstance(value, dict | list) and _depth(value) > conventions().limits.json_depth:
        raise UnreadableFile(_DEEP)
    return value if isinstance(value, str) else json.dumps(value)


def _depth(value: object) -> int:
    depth, level = 0, [value]
    while level:
        depth += 1
        inner = [part.values() if isinstance(part, dict) else part for part in level if isinstance(part, dict | list)]
        level = [item for part in inner for item in part]
    return depth


def _read_parquet(content: bytes) -> RawTable:
    # A second to import, for a format that few schools send.
    import pyarrow as pa
    from pyarrow import parquet

    try:
        footer = parquet.read_metadata(pa.BufferReader(content))
        inside = sum(footer.row_group(i).total_byte_size for i in range(footer.num_row_groups))
    except Exception:
        raise UnreadableFile(_NO_PARQUET) from None
    _fits(footer.num_rows, footer.num_columns)
    if inside > conventions().limits.file_bytes:
        raise UnreadableFile(f"the file unpacks to more than Rollcall reads ({_size('file_bytes')}); {_IN_PARTS}")
    try:
        frame = pl.read_parquet(io.BytesIO(content))
        text = frame.select(pl.all().cast(pl.String))
    except (Exception, pl.exceptions.PanicException):
        raise UnreadableFile(_NO_PARQUET) from None
    _fits(text.height, text.width)
    renamed = text.rename(dict(zip(text.columns, _names(text.width), strict=True)))
    rows = renamed.select(pl.int_range(1, pl.len() + 1, dtype=pl.Int32).alias("source_row"), pl.all())
    return RawTable(frame.columns, rows)


def _names(width: int) -> list[str]:
    return [f"c{i}" for i in range(width)]
