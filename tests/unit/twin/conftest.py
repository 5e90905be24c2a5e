"""A small synthetic trust, made once, and its files as plain rows."""

import csv
import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ingestion.twin import make_trust
from ingestion.twin.parameters import parameters

Row = dict[str, str]
SIZE: dict[str, Any] = {"schools": 12, "pupils": 260, "years": 1, "faults": 39, "seed": 5}


@pytest.fixture(scope="session")
def trust(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a trust with every layout in it."""
    root = tmp_path_factory.mktemp("twin") / "trust"
    make_trust(root, **SIZE)
    return root


@pytest.fixture(scope="session")
def key(trust: Path) -> dict[str, Any]:
    """The trust's answer key."""
    content: dict[str, Any] = json.loads((trust / "answer_key.json").read_text(encoding="utf-8"))
    return content


def cells(path: Path) -> list[list[str]]:
    """The cells of a CSV extract, headings first, in whatever dialect it is."""
    content = path.read_bytes()
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("cp1252")
    separator = max(",;\t", key=text.split("\n", 1)[0].count)
    return list(csv.reader(io.StringIO(text, newline=""), delimiter=separator))


def records(path: Path) -> list[Row]:
    """The rows of a CSV or JSON extract by heading."""
    if path.suffix == ".json":
        content = json.loads(path.read_text(encoding="utf-8"))
        return content["data"] if isinstance(content, dict) else content
    headings, *rows = cells(path)
    return [dict(zip(headings, row, strict=True)) for row in rows]


def layout_of(path: Path) -> str:
    """The layout whose headings the file starts with; fails when there is none."""
    headings = list(records(path)[0])
    for name, facts in parameters("schools")["layouts"].items():
        wanted = list(facts["columns"])
        if headings == wanted or (
            facts.get("grid") and headings[: len(wanted)] == wanted and len(headings) > len(wanted)
        ):
            return str(name)
    raise AssertionError(f"no layout has the headings of {path.name}")


@pytest.fixture(scope="session")
def marks_row(trust: Path) -> Callable[[dict[str, Any]], Row]:
    """The row that an entry of the answer key points at, by the twin's own field names."""

    def find(entry: dict[str, Any]) -> Row:
        path = trust / "inbox" / entry["inbox"] / entry["file"]
        facts = parameters("schools")["layouts"][layout_of(path)]
        offset = 1 if path.suffix == ".json" else 2
        row = records(path)[entry["line"] - offset]
        named = {field: row[heading] for heading, field in facts["columns"].items()}
        if facts.get("grid"):
            date, session = entry["column"].split(" ")
            named |= {"date": date, "session": session, "code": row[entry["column"]]}
        return named

    return find
