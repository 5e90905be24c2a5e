"""Writes extracts in the form that each system's report has: headings, dialect, encoding, JSON.

Belongs here: bytes. Does not belong here: what the rows say.
"""

import json
from pathlib import Path

import polars as pl

from ingestion.feeds.profile import CANONICAL_PROFILE, layouts
from ingestion.twin.parameters import parameters
from ingestion.twin.schools import TwinSchool

_FILE_MODE = 0o600


def pupils_columns() -> list[str]:
    """The headings of a pupils extract in generic form, in order."""
    return list(layouts(CANONICAL_PROFILE, "pupils")[0].columns)


def write_marks(rows: pl.DataFrame, layout: str, school: TwinSchool, path: Path) -> None:
    """Writes rows of marks (long or grid) under the headings of `layout`."""
    facts = parameters("schools")["layouts"][layout]
    columns = facts["columns"]
    if "row_number" in columns.values():
        rows = rows.with_columns(row_number=pl.int_range(1, pl.len() + 1))
    if "comment" in columns.values() and "comment" not in rows.columns:
        rows = rows.with_columns(comment=pl.lit(""))
    sessions = rows.columns[rows.columns.index("enrolment") + 1 :] if facts.get("grid") else []
    table = rows.select(*(pl.col(field).alias(heading) for heading, field in columns.items()), *sessions)
    if facts["extension"] == "json":
        _write_json(table, path, wrapped=school.index % 2 == 0)
    else:
        write_csv(table, school, path)


def write_csv(table: pl.DataFrame, school: TwinSchool, path: Path) -> None:
    """Writes a CSV file in the school's dialect (encoding, byte order mark, delimiter)."""
    dialects = parameters("schools")["dialects"]
    dialect = dialects[school.dialect]
    table = table.with_columns(pl.col(pl.String).replace("", None))
    text = table.write_csv(separator=dialect["separator"], quote_style="necessary", line_terminator="\r\n")
    _write(path, text.encode(dialect["encoding"]))


def _write_json(table: pl.DataFrame, path: Path, *, wrapped: bool) -> None:
    minutes = pl.col("minutes_late").cast(pl.Int64, strict=False)
    text = table.with_columns(minutes).write_json()
    _write(path, f'{{"data":{text}}}'.encode() if wrapped else text.encode())


def write_answer_key(path: Path, content: dict[str, object]) -> None:
    """Writes the answer key as readable JSON."""
    path.write_text(json.dumps(content, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def _write(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    path.write_bytes(content)
    path.chmod(_FILE_MODE)
