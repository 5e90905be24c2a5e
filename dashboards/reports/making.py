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
from pathlib import Path
from types import TracebackType

import duckdb
import pyarrow as pa

from dashboards.audiences import NETWORK, open_audience
from dashboards.reports.found import read, sources
from dashboards.reports.registry import Report, registry


class Views:
    """What each audience sees of one release; the view opened last is kept, since many reports read the same one.

    warehouse: the file of a built release. people and groups: as export_site takes them, for reports about pupils.
    """

    def __init__(
        self, warehouse: Path, people: pa.Table | None = None, groups: Mapping[str, Collection[str]] | None = None
    ) -> None:
        self._warehouse, self._people, self._groups = warehouse, people, dict(groups or {})
        self._audience: str | None = None
        self._db: duckdb.DuckDBPyConnection | None = None

    def __enter__(self) -> Views:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """Close the view that is open."""
        if self._db is not None:
            self._db.close()
        self._db = self._audience = None

    def of(self, audience: str) -> duckdb.DuckDBPyConnection:
        """What the audience sees. Raises ValueError for an audience that the release does not have."""
        if self._db is None or audience != self._audience:
            self.close()
            members = self._groups.get(audience)
            self._db = open_audience(self._warehouse, audience, self._people, members)
            self._audience = audience
        return self._db


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
    db = views.of(NETWORK if school is None else report.viewer(school, group))
    _check_place(db, report, school)
    values: dict[str, str | None] = {"period": _period(db, report, period), "slug": school}
    values |= {key: (pupils or {}).get(key) for key in ("pupil_id", "year_group", "form")}
    found = read(db, report.query_folders, report.title, values)
    if pupils and "pupils" in found.rows and not found.rows["pupils"]:
        asked = ", ".join(f"{key.replace('_', ' ')} {value}" for key, value in pupils.items())
        raise NoFiguresError(f"There are no pupils of {school} with {asked} in the report {report.name}.")
    made = importlib.import_module(f"dashboards.reports.{report.package}").make(found)
    chosen = [str(value) for value in (pupils or {}).values()]
    name = "-".join(_word(part) for part in [report.file, school, group, *chosen, values["period"]] if part)
    about = {
        "report": name,
        "audience": report.viewer(school, group),
        "as_of": found.as_of,
        "period": values["period"],
    }
    out.mkdir(parents=True, exist_ok=True)
    # The sources first: no report without them.
    kept = _write(out / f"{name}.sources.json", sources(found, report.query_folders, about))
    wanted = [suffix for suffix in report.formats if formats is None or suffix in formats]
    return [*(_write(out / f"{name}.{suffix}", made[suffix]) for suffix in wanted), kept]


def write_due(views: Views, schools: Collection[str], out: Path) -> int:
    """Write every report that is due with each release into out/<audience>/; returns how many.

    A report for which the release has no period yet is not due. schools: the slugs of the release's schools.
    """
    due = [report for report in registry().values() if report.due == "release"]
    work: list[tuple[Report, str | None]] = [(report, None) for report in due if report.about == "trust"]
    for_schools = [report for report in due if report.about != "trust"]
    # What reads the network's view first, then school by school: each view is opened once.
    work += [(report, slug) for slug in schools for report in for_schools if report.reads == "network"]
    work += [(report, slug) for slug in schools for report in for_schools if report.reads != "network"]
    written = 0
    for report, slug in work:
        try:
            write_report(views, report, out / report.folder(slug), slug)
        except NoFiguresError:
            continue
        written += 1
    return written


class NoFiguresError(ValueError):
    """The release has no figures for what was asked for; the message says what it has."""


def _check_place(db: duckdb.DuckDBPyConnection, report: Report, school: str | None) -> None:
    if (report.about == "trust") != (school is None):
        raise ValueError(
            f"The report {report.name} is about the whole trust: leave out --school."
            if school
            else f"The report {report.name} is about one school: say which with --school."
        )
    known = db.execute("select slug from rollcall.rpt_places where slug is not null order by slug").fetchall()
    if school is not None and (school,) not in known:
        raise ValueError(f"There is no school {school}; this release has {', '.join(slug for (slug,) in known)}.")


def _period(db: duckdb.DuckDBPyConnection, report: Report, asked: str | None) -> str:
    """The key of the period asked for, else of the newest of the report's first kind; see write_report."""
    kinds = list(report.periods)
    found = db.execute(
        "select period_key from rollcall.rpt_periods "
        "where list_contains($kinds, period_type) and period_key = coalesce($asked, period_key) "
        # A year is reported on to date. Another period that is still running only when it is named, or is all there is.
        "order by list_position($kinds, period_type), period_type != 'year' and is_running, period_order desc limit 1",
        {"kinds": kinds, "asked": asked},
    ).fetchall()
    if found:
        return str(found[0][0])
    known = db.execute(
        "select string_agg(period_key, ', ' order by period_order desc) from rollcall.rpt_periods "
        "where period_type = $kind",
        {"kind": kinds[0]},
    ).fetchall()[0][0]
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
