"""Broken and hostile files: a clear refusal in bounded time and memory, and no row lost."""

import io
import resource
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ingestion.batches import Batch, calendar_batches, marks_batches, pupils_batches, year6_batches
from ingestion.conform import MissingColumn, choose_layout, conform
from ingestion.feeds.profile import conventions, layouts, profile_names
from ingestion.feeds.reading import UnreadableFile, read_file
from ingestion.published import is_published
from tests.unit.ingestion.helpers import HEADER, OTHER, PERMANENT

HEAD = HEADER.encode()
ROW = f"{PERMANENT},2025-09-04,AM,/\n".encode()
SECONDS = 5


def read(content: bytes, extension: str = "csv", profile: str = "generic", kind: str = "marks") -> tuple[int, Batch]:
    """Rows of the file and the batch made of it, as landing reads a school's file."""
    candidates = layouts(profile, kind)
    under = next((layout.records_under for layout in candidates if layout.records_under), None)
    table = read_file(content, extension, under)
    layout, places = choose_layout(table, candidates, {})
    conformed = conform([table], layout, places)
    batches: dict[str, Callable[[], list[Batch]]] = {
        "marks": lambda: marks_batches(conformed, {"ash": "ash"}, "ash", b"secret"),
        "pupils": lambda: pupils_batches(conformed, "ash", b"secret"),
        "year6": lambda: year6_batches(conformed, "ash", b"secret"),
        "calendar": lambda: calendar_batches(conformed, "ash"),
    }
    (batch,) = batches[kind]()
    conformed.raw_rows(batch.rows.select("row_id", "source_row"))
    return conformed.frame.height, batch


def parquet(frame: pl.DataFrame) -> bytes:
    out = io.BytesIO()
    frame.write_parquet(out)
    return out.getvalue()


REFUSED = {
    "null bytes": (b"\x00" * 100, "csv", "not text"),
    "a null byte in a row": (HEAD + b"A\x00,1,2,3\n", "csv", "not text"),
    "UTF-16 of odd length": (b"\xff\xfe" + "upn".encode("utf-16-le") + b"\x00", "csv", "not text"),
    "a byte order mark alone": (b"\xef\xbb\xbf", "csv", "empty"),
    "a field of 50 MB": (HEAD + b"A" * 50_000_000 + b",2025-09-04,AM,/\n", "csv", "far too long"),
    "a heading of 50 MB": (b"A" * 50_000_000 + b"\n" + ROW, "csv", "far too long"),
    "a field beyond what the csv module reads": (HEAD + b'"' + b"A" * 200_000 + b'",x\n\n', "csv", "far too long"),
    "a million columns": (b",".join(b"c%d" % n for n in range(1_000_000)) + b"\n" + ROW, "csv", "more columns"),
    "a million empty columns": (b"," * 1_000_000 + b"\n" + b"," * 1_000_000, "csv", "more columns"),
    "short rows under many columns": (b"upn" + b"," * 15_000 + b"\n" + b"a\n" * 200_000, "csv", "more cells"),
    "JSON ten thousand deep": (b"[" * 10_000 + b"]" * 10_000, "json", "nested too deeply"),
    "a value twenty deep": (b'[{"upn":' + b"[" * 20 + b"]" * 20 + b"}]", "json", "nested too deeply"),
    "a number of 5000 digits": (b'[{"upn":' + b"9" * 5000 + b"}]", "json", "not complete JSON"),
    "the same field twice": (b'[{"upn":"a","upn":"b"}]', "json", "the same field twice"),
    "four million records": (b"[" + b"{}," * 4_000_000 + b"{}]", "json", "more records"),
    "four million numbers": (b"[" + b"0," * 4_000_000 + b"0]", "json", "more records"),
    "a field of its own in each record": (
        b"[" + b",".join(b'{"k%d":1}' % n for n in range(30_000)) + b"]", "json", "more c"),
    "JSON over the limit": (b" " * 100_000_001 + b"[]", "json", "more JSON"),
    "two columns that disagree": (b"upn,date,session,code,Code \nA,2025-09-04,AM,/,N\n", "csv", "headed as code"),
    "gzip": (b"\x1f\x8b\x08abc", "csv", "gzip"),
    "a spreadsheet": (b"PK\x03\x04abc", "csv", "spreadsheet"),
    "a web page": (b"<!DOCTYPE html><p>signed out", "json", "web page"),
    "a billion laughs": (b'<?xml version="1.0"?><!DOCTYPE l [<!ENTITY a "&b;&b;">]>', "xml", "XML"),
    "nested Parquet": (parquet(pl.DataFrame({"upn": [[1, 2]], "date": [{"a": 1}]})), "parquet", "not a Parquet table"),
    "binary Parquet": (parquet(pl.DataFrame({"upn": [b"\xff\xfe"]})), "parquet", "not a Parquet table"),
    "Parquet with a torn footer": (
        parquet(pl.DataFrame({"upn": ["a"]}))[:-20] + b"\xff" * 16 + b"PAR1", "parquet", "not a Parquet table"),
    "Parquet cut short": (parquet(pl.DataFrame({"upn": ["a"]}))[:-9], "parquet", "not a Parquet table"),
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSED)
def test_refused_in_a_sentence_and_in_time(name: str) -> None:
    content, extension, said = REFUSED[name]
    started = time.process_time()
    with pytest.raises(UnreadableFile, match=said):
        read(content, extension)
    assert time.process_time() - started < SECONDS


def test_a_parquet_bomb_is_refused_from_its_footer(tmp_path: Path) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    bomb = tmp_path / "bomb.parquet"
    rows = pa.table({"upn": pa.DictionaryArray.from_arrays(pa.array([0] * 500_000, pa.int8()), pa.array(["A"]))})
    with pq.ParquetWriter(bomb, rows.schema) as writer:
        for _ in range(conventions().limits.rows // rows.num_rows + 1):
            writer.write_table(rows)
    assert bomb.stat().st_size < 100_000
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with pytest.raises(UnreadableFile, match="more rows"):
        read(bomb.read_bytes(), "parquet")
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 200_000


@pytest.mark.slow
def test_memory_stays_bounded() -> None:
    """The largest of the refusals in a process that may not take more than 3 GB of addresses."""
    script = (
        "import resource; resource.setrlimit(resource.RLIMIT_AS, (3_000_000_000, 3_000_000_000))\n"
        "from tests.unit.ingestion.test_hostile_files import REFUSED, read, UnreadableFile\n"
        "for content, extension, _ in REFUSED.values():\n"
        "    try: read(content, extension)\n"
        "    except UnreadableFile: pass\n"
    )
    environment = {"PATH": "/usr/bin:/bin", "POLARS_MAX_THREADS": "1", "ARROW_DEFAULT_MEMORY_POOL": "system"}
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=Path(__file__).parents[3], env=environment, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr[-2000:]


TAKEN = {
    "a quotation mark that never closes": (HEAD + b'"' + ROW * 3, [None, None, "malformed_upn"]),
    "line ends of every kind": (
        HEAD + ROW[:-1] + b"\r\n" + OTHER.encode() + ROW[13:-1] + b"\r" + b"B" + ROW[1:-1], [None] * 3),
    "carriage returns alone": ((HEAD + ROW).replace(b"\n", b"\r"), [None]),
    "ragged rows": (HEAD + b"A\n,\n" + ROW[:-1] + b",5,6\n\n", ["malformed_upn", "missing_value", None]),
    "columns as spreadsheets leave them": (HEAD[:-1] + b"," * 16_000 + b"\n" + ROW, [None]),
    "equal columns": (b"upn,date,session,code,Code \n" + ROW[:-1] + b",/\n", [None]),
    "separators that are no line ends": (
        HEAD + "A\u2028\x0b\x0c\x85,2025-09-04,AM,/\n\"".encode(), ["malformed_upn", "missing_value"]),
    "days no calendar of ours has": (
        HEAD + b"".join(f"{PERMANENT},{day},AM,/\n".encode() for day in
                        ("9999-12-31", "0001-01-01", "0000-01-01", "2023-02-29", "29/02/2023", "10000-01-01")),
        ["code_not_in_force"] * 2 + [None] + ["malformed_date"] * 3),
}  # fmt: skip


@pytest.mark.parametrize("name", TAKEN)
def test_read_row_by_row(name: str) -> None:
    content, expected = TAKEN[name]
    rows, batch = read(content)
    assert rows == len(expected)
    assert sorted(batch.reason.to_list(), key=str) == sorted(expected, key=str)


def test_json_of_strange_values_is_read_as_text() -> None:
    records = b'[{"upn":1e400,"date":NaN,"session":"AM","code":"\\ud800"},{"\\udfff":1},7]'
    rows, batch = read(records, "json", "wonde")
    assert (rows, batch.reason.null_count()) == (3, 0)


def test_minutes_late_are_a_number_of_minutes_or_nothing() -> None:
    cells = ("NaN", "-5", "99999", "inf", "1e400", "0x10", "7", "7.6", "")
    body = "".join(f"{PERMANENT},2025-09-04,AM,L,{cell}\n" for cell in cells)
    _, batch = read(b"upn,date,session,code,minutes_late\n" + body.encode())
    assert batch.rows["minutes_late"].to_list() == [None] * 6 + [7, 8, None]


KINDS = ("marks", "pupils", "calendar", "year6")
CELLS = st.one_of(
    st.sampled_from([PERMANENT, OTHER, "2025-09-04", "04/09/2025", "AM", "PM", "/", "\\", "N", "-", "", "Y", "open",
                     "9999-12-31", "=1+1", '"', "'", ";", "\t", "-0", "1e400", "NaN", "half_term_start", "HT1", "13"]),
    st.text(max_size=8),
)  # fmt: skip
QUICKLY = settings(
    max_examples=30, deadline=5_000, derandomize=True, database=None, suppress_health_check=list(HealthCheck)
)


def must_account_for(content: bytes, extension: str, profile: str, kind: str) -> None:
    """Either the whole file is refused in one of two ways, or each of its rows is in the batch once."""
    try:
        rows, batch = read(content, extension, profile, kind)
    except (UnreadableFile, MissingColumn):
        return
    assert batch.rows.height == rows == len(batch.reason)
    assert batch.rows["row_id"].to_list() == list(range(rows))


@QUICKLY
@given(st.binary(max_size=300), st.sampled_from(["csv", "json", "parquet"]), st.sampled_from(KINDS))
def test_any_bytes(content: bytes, extension: str, kind: str) -> None:
    is_published(content, extension)
    must_account_for(content, extension, "generic", kind)


@st.composite
def tables(draw: st.DrawFn) -> tuple[list[str], list[list[str]], str, str]:
    """Headings of a layout, some of them spoilt, over rows of any cells; the layout's profile and kind."""
    kind = draw(st.sampled_from(KINDS))
    profile = draw(st.sampled_from([name for name in profile_names() if layouts(name, kind)]))
    layout = draw(st.sampled_from(layouts(profile, kind)))
    headings = [draw(st.sampled_from(several)) for several in layout.columns.values()]
    if layout.shape == "grid":
        headings += ["04/09/2025 AM", "2025-09-04 PM", "31/02/2025 AM"]
    headings += draw(st.lists(st.one_of(st.sampled_from(headings), st.text(max_size=5)), max_size=2))
    rows = draw(st.lists(st.lists(CELLS, max_size=len(headings) + 1), max_size=6))
    return headings, rows, profile, kind


@QUICKLY
@given(tables(), st.sampled_from([",", ";", "\t"]), st.sampled_from(["\n", "\r\n", "\r"]), st.booleans())
def test_nearly_a_csv(table: tuple[list[str], list[list[str]], str, str], mark: str, end: str, quoted: bool) -> None:
    headings, rows, profile, kind = table
    quote = '"' if quoted else ""
    lines = [mark.join(f"{quote}{cell}{quote}" for cell in row) for row in (headings, *rows)]
    must_account_for(end.join(lines).encode("utf-8", "replace"), "csv", profile, kind)


@QUICKLY
@given(tables(), st.recursive(st.none() | st.booleans() | st.floats() | st.text(max_size=4), st.lists, max_leaves=5))
def test_nearly_json(table: tuple[list[str], list[list[str]], str, str], odd: object) -> None:
    import json

    headings, rows, profile, kind = table
    records: list[object] = [dict(zip(headings, row, strict=False)) for row in rows]
    must_account_for(json.dumps([*records, odd]).encode(), "json", profile, kind)


@QUICKLY
@given(st.data())
def test_a_parquet_file_with_bytes_changed(data: st.DataObject) -> None:
    good = bytearray(parquet(pl.DataFrame({"upn": [PERMANENT] * 3, "date": ["2025-09-04"] * 3, "session": ["AM"] * 3,
                                           "code": ["/"] * 3})))  # fmt: skip
    for _ in range(data.draw(st.integers(1, 4))):
        good[data.draw(st.integers(0, len(good) - 1))] = data.draw(st.integers(0, 255))
    must_account_for(bytes(good), "parquet", "generic", "marks")
