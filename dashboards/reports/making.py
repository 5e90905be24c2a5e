"""Makes reports: opens what their audience sees, runs their queries, and writes their files.

A report's files share a name, `<file>[-<school>]-<period>`: one for each format, and `.sources.json` with every query
that the report's numbers come from, and its rows. Belongs here: which view, which period, where files go. Does not
belong here: what a report says (its own package).
"""

from __future__ import annotations

import importlib
import os
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import TracebackType
from typing import Any

import duckdb
import pyarrow as pa

from dashboards.audiences import NETWORK, SCHEMA, Served, is_the_same_for_all
from dashboards.reports.found import Found, Rows, queries, read, rows_of, sources
from dashboards.reports.registry import Report, registry

_ALWAYS_READ = ("rpt_periods", "rpt_places")
_SCHOOLS = f"select slug from {SCHEMA}.rpt_places where slug is not null order by slug"
_TABLE = re.compile(rf"\b{SCHEMA}\.(\w+)")


class Views:
    """What each audience sees of one release, which is opened once; the view asked for last is the one that stands.

    warehouse: the file of a built release. people and groups: as Served takes them, for reports about pupils.
    """

    def __init__(
        self, warehouse: Path, people: pa.Table | None = None, groups: Mapping[str, Collection[str]] | None = None
    ) -> None:
        self._served = Served(warehouse, people, groups)
        self._audience: str | None = None
        # Answers to queries that the reports of one audience have in common, and to those of tables that are the same
        # for all of them.
        self._of_audience: dict[tuple[str, str], Rows] = {}
        self._of_all: dict[tuple[str, str], Rows] = {}

    def __enter__(self) -> Views:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """Close the release."""
        self._served.db.close()

    def of(self, audience: str) -> duckdb.DuckDBPyConnection:
        """What the audience sees, in the schema `rollcall`, of the tables that reports read.

        Raises ValueError for an audience that the release does not have.
        """
        if audience != self._audience:
            self._audience = None
            self._of_audience.clear()
            self._served.show(audience, _tables_read())
            self._audience = audience
        return self._served.db

    def rows(self, query: str, used: Mapping[str, Any]) -> Rows:
        """The rows of a query over the view asked for last, which is put to it once. used: the values that it names."""
        answers = self._of_all if _is_the_same_for_all(query) else self._of_audience
        key = query, repr(sorted(used.items()))
        if key not in answers:
            answers[key] = rows_of(self._served.db, query, used)
        return [dict(row) for row in answers[key]]


@cache
def _is_the_same_for_all(query: str) -> bool:
    return all(is_the_same_for_all(table) for table in _TABLE.findall(query))


@cache
def _tables_read() -> tuple[str, ...]:
    """The tables that the queries of any report name."""
    texts = [text for report in registry().values() for text in queries(report.query_folders).values()]
    return tuple(sorted({*_ALWAYS_READ, *_TABLE.findall(" ".join(texts))}))


@dataclass(frozen=True)
class Gathered:
    """What one report is made from: `about` stands at the head of its sources, `name` is that of its files."""

    report: Report
    name: str
    about: Mapping[str, Any]
    found: Found


def write_report(
    views: Views,
    report: Report,
    out: Path,
    school: str | None = None,
    period: str | None = None,
    group: str | None = None,
    pupils: Mapping[str, str] | None = None,
    formats: Collection[str] | None = None,
) -> list[Path]:
    """Write a report into the folder `out`; returns the paths of its files, that of the sources last.

    school: its slug, for a report that is not about the trust; group: of the school's pupils. period: a period_key, or
    the newest that is over (of years the newest). pupils: which of them, by `pupil_id`, `year_group` or `form`.
    formats: of those that the report has, all without it. The same release gives the same bytes.

    Raises ValueError, with a sentence to show, when there is no such school, period or pupil.
    """
    gathered = gather(views, report, school, period, group, pupils)
    return render(gathered, out, formats)


def gather(
    views: Views,
    report: Report,
    school: str | None = None,
    period: str | None = None,
    group: str | None = None,
    pupils: Mapping[str, str] | None = None,
) -> Gathered:
    """Run the queries of a report; as write_report."""
    views.of(NETWORK if school is None else report.viewer(school, group))
    _check_place(views, report, school)
    values: dict[str, str | None] = {"period": _period(views, report, period), "slug": school}
    values |= {key: (pupils or {}).get(key) for key in ("pupil_id", "year_group", "form")}
    found = read(views.rows, report.query_folders, report.title, values)
    if pupils and "pupils" in found.rows and not found.rows["pupils"]:
        asked = ", ".join(f"{key.replace('_', ' ')} {value}" for key, value in pupils.items())
        raise NoFiguresError(f"There are no pupils of {school} with {asked} in the report {report.name}.")
    chosen = [str(value) for value in (pupils or {}).values()]
    name = "-".join(_word(part) for part in [report.file, school, group, *chosen, values["period"]] if part)
    about = {
        "report": name,
        "audience": report.viewer(school, group),
        "as_of": found.as_of,
        "period": values["period"],
    }
    return Gathered(report, name, about, found)


def render(gathered: Gathered, out: Path, formats: Collection[str] | None = None) -> list[Path]:
    """Write the files of a report into the folder `out`; as write_report."""
    report, name = gathered.report, gathered.name
    made = importlib.import_module(f"dashboards.reports.{report.package}").make(gathered.found)
    out.mkdir(parents=True, exist_ok=True)
    # The sources first: no report without them.
    kept = _write(out / f"{name}.sources.json", sources(gathered.found, report.query_folders, gathered.about))
    wanted = [suffix for suffix in report.formats if formats is None or suffix in formats]
    return [*(_write(out / f"{name}.{suffix}", made[suffix]) for suffix in wanted), kept]


class NoFiguresError(ValueError):
    """The release has no figures for what was asked for; the message says what it has."""


def _check_place(views: Views, report: Report, school: str | None) -> None:
    if (report.about == "trust") != (school is None):
        raise ValueError(
            f"The report {report.name} is about the whole trust: leave out --school."
            if school
            else f"The report {report.name} is about one school: say which with --school."
        )
    known = [row["slug"] for row in views.rows(_SCHOOLS, {})]
    if school is not None and school not in known:
        raise ValueError(f"There is no school {school}; this release has {', '.join(known)}.")


def _period(views: Views, report: Report, asked: str | None) -> str:
    """The key of the period asked for, else of the newest of the report's first kind; see write_report."""
    kinds = list(report.periods)
    found = views.rows(
        "select period_key from rollcall.rpt_periods "
        "where list_contains($kinds, period_type) and period_key = coalesce($asked, period_key) "
        # A year is reported on to date. Another period that is still running only when it is named, or is all there is.
        "order by list_position($kinds, period_type), period_type != 'year' and is_running, period_order desc limit 1",
        {"kinds": kinds, "asked": asked},
    )
    if found:
        return str(found[0]["period_key"])
    known = views.rows(
        "select string_agg(period_key, ', ' order by period_order desc) as periods from rollcall.rpt_periods "
        "where period_type = $kind",
        {"kind": kinds[0]},
    )[0]["periods"]
    kind = kinds[0].replace("_", " ")
    raise NoFiguresError(f"There are no figures for {asked or f'any {kind}'}; this release has {known or 'none'}.")


def _word(text: str) -> str:
    """A part of a file name: letters, digits and hyphens."""
    return re.sub(r"[^A-Za-z0-9]+", "-", text).strip("-")


def _write(path: Path, data: bytes) -> Path:
    """Write a file whole or not at all."""
    fresh = path.with_name(f".{path.name}.new")
    fresh.write_bytes(data)
    os.replace(fresh, path)
    return path
