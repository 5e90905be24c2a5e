"""What a report is made from: the rows of its queries, as one audience sees them."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import duckdb

HERE = Path(__file__).parent

Row = dict[str, Any]
Rows = list[Row]
Ask = Callable[[str, Mapping[str, Any]], Rows]


@dataclass(frozen=True)
class Found:
    """rows: those of each query by its name; title: the report's; values: what the queries' parameters stood for."""

    title: str
    rows: dict[str, Rows]
    values: Mapping[str, str | None]

    @property
    def release(self) -> Row:
        """The release: trust_name, as_of and what rpt_release has besides."""
        return self.rows["release"][0]

    @property
    def as_of(self) -> date:
        """The day that the figures speak for."""
        day: date = self.release["as_of"]
        return day

    @property
    def period(self) -> Row:
        """The period that the report is about, as rpt_periods has it."""
        return self.rows["period"][0]

    @property
    def place(self) -> Row:
        """The school or the trust that the report is about, as rpt_places has it."""
        return self.rows["place"][0]

    @property
    def better(self) -> dict[str, str]:
        """For each measure, whether a `higher` or a `lower` figure is the better one."""
        return {row["measure"]: row["better"] for row in self.rows["measures"]}

    @property
    def rules(self) -> dict[str, Row]:
        """The rules in force, by name."""
        return {row["rule_name"]: row for row in self.rows["rules"]}


@cache
def queries(folders: tuple[str, ...]) -> dict[str, str]:
    """The queries of a report by name, folder by folder."""
    files = [path for folder in folders for path in sorted((HERE / folder).glob("*.sql"))]
    return {path.stem: path.read_text(encoding="utf-8") for path in files}


def read(ask: Ask, folders: tuple[str, ...], title: str, values: Mapping[str, str | None]) -> Found:
    """The rows of the queries in the folders, in which `$name` stands for the value of that name.

    ask: answers a query with the values that it names.
    """
    rows: dict[str, Rows] = {}
    for name, query in queries(folders).items():
        rows[name] = ask(query, {key: value for key, value in values.items() if f"${key}" in query})
    return Found(title, rows, dict(values))


def sources(found: Found, folders: tuple[str, ...], about: Mapping[str, Any]) -> bytes:
    """What a report's numbers come from: `about`, the parameters, and each query with its rows, as JSON."""
    kept = {
        **about,
        "parameters": {name: value for name, value in found.values.items() if value is not None},
        "queries": [
            {"name": name, "query": query, "rows": found.rows[name]} for name, query in queries(folders).items()
        ],
    }
    return (json.dumps(kept, ensure_ascii=False, indent=1, default=_plain) + "\n").encode("utf-8")


def rows_of(db: duckdb.DuckDBPyConnection, query: str, used: Mapping[str, Any]) -> Rows:
    """The rows of a query. used: the values that it names."""
    result = db.execute(query, dict(used)) if used else db.execute(query)
    columns = [column[0] for column in result.description or []]
    return [dict(zip(columns, row, strict=True)) for row in result.fetchall()]


def _plain(value: object) -> Any:
    if isinstance(value, date | datetime):
        return value.isoformat()
    if isinstance(value, Decimal):
        return float(value)
    return str(value)
