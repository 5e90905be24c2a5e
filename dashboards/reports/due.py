"""The reports that are due: made where what they say has changed, else taken over from before.

A report that says what it said in the release before is linked from there, so it goes on saying since which day its
figures stand ("Figures as of ..."). Once a week is over, and when a run builds everything, all reports are looked at;
until then those of a school of which the run built nothing stay as they are, and so do those due once a week. Belongs
here: what is due, what counts as a change, several at once. Does not belong here: making one report (making.py).
"""

from __future__ import annotations

import json
import multiprocessing
import os
from collections.abc import Collection, Mapping
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path
from typing import NamedTuple

from dashboards.audiences import NETWORK
from dashboards.inputs import digest, of_code
from dashboards.links import link
from dashboards.reports.found import Rows
from dashboards.reports.making import Gathered, NoFiguresError, Views, gather, render
from dashboards.reports.registry import Report, registry

# For the next release, and served to nobody: which week was over last, and of each report that is due, by its name and
# school, the path of its files without suffix and the digest of its content.
INDEX = ".contents.json"
_SUFFIX_OF_SOURCES = "sources.json"
# A process of its own costs two seconds of start-up; it takes so many reports to be worth that.
_WORTH_A_PROCESS = 12
_AT_ONCE = 2
_MADE_WITH = ("altair", "python-docx", "typst", "vl-convert-python", "xlsxwriter")
# What these queries have that is another day's in every release, whatever a report's figures are.
_OF_THE_DAY = {"release": ("as_of", "newest_marks_date"), "place": ("newest_marks_date",)}


# The week that was over last, as everybody sees it.
_WEEK_OVER = "select max(period_key) as week from rollcall.rpt_periods where period_type = 'week' and not is_running"


class Kept(NamedTuple):
    """What the release before says of a report: its audience's folder and name, and what names its content."""

    place: str
    content: str


@dataclass(frozen=True)
class Index:
    """What was due in a release. week: the one that was over last. reports: by name and school."""

    week: str | None = None
    reports: Mapping[str, Kept] = field(default_factory=dict)


def write_due(
    views: Views,
    schools: Collection[str],
    out: Path,
    previous: Path | None = None,
    built: Collection[str] | None = None,
) -> dict[str, int]:
    """Write every report that is due into out/<audience>/.

    A report for which the release has no period yet is not due. schools: the slugs of the release's schools. previous:
    what this wrote for the release before. built: those of the schools whose figures were built since then, None for
    all there is; until another week is over no other school's reports are looked at, and none due once a week. Returns
    how many reports there are and how many of them are taken over from there: {"reports", "carried"}.
    """
    earlier, found, carried = _index_of(previous), {}, 0
    views.of(NETWORK)
    week = views.rows(_WEEK_OVER, {})[0]["week"]
    is_same_week = built is not None and week is not None and week == earlier.week
    with _Renderers() as renderers:
        for report, slug in _due(schools):
            key = report.name if slug is None else f"{report.name}/{slug}"
            known = earlier.reports.get(key)
            is_of_others = slug is not None and slug not in (built or ())
            stays = is_same_week and (report.due == "week" or is_of_others)
            if known and stays and _carry(report, known.place, previous, out):
                found[key] = known
                carried += 1
                continue
            try:
                gathered = gather(views, report, slug)
            except NoFiguresError:
                continue
            folder = report.folder(slug)
            found[key] = Kept(f"{folder}/{gathered.name}", content_of(gathered))
            if known == found[key] and _carry(report, known.place, previous, out):
                carried += 1
            else:
                renderers.render(gathered, out / folder)
    out.mkdir(parents=True, exist_ok=True)
    fresh = out / f"{INDEX}.new"
    fresh.write_text(json.dumps({"week": week, "reports": found}, indent=1, sort_keys=True), encoding="utf-8")
    os.replace(fresh, out / INDEX)
    return {"reports": len(found), "carried": carried}


def content_of(gathered: Gathered) -> str:
    """What names the content of a report: all that it is made from but the day."""
    found = gathered.found
    rows = {name: _without(_OF_THE_DAY.get(name, ()), rows) for name, rows in found.rows.items()}
    about = {name: value for name, value in gathered.about.items() if name != "as_of"}
    made_with = [version(package) for package in _MADE_WITH]
    return digest(of_code("reports"), made_with, vars(gathered.report), about, rows)


def _without(columns: Collection[str], rows: Rows) -> Rows:
    return [{name: value for name, value in row.items() if name not in columns} for row in rows] if columns else rows


def _due(schools: Collection[str]) -> list[tuple[Report, str | None]]:
    """The reports that are due, each for the trust or for a school."""
    due = [report for report in registry().values() if report.due != "command"]
    work: list[tuple[Report, str | None]] = [(report, None) for report in due if report.about == "trust"]
    for_schools = [report for report in due if report.about != "trust"]
    # What reads the network's view first, then school by school: each view is made once.
    work += [(report, slug) for slug in schools for report in for_schools if report.reads == "network"]
    return work + [(report, slug) for slug in schools for report in for_schools if report.reads != "network"]


def _carry(report: Report, place: str, previous: Path | None, out: Path) -> bool:
    """Link a report's files from the release before; False, and nothing linked, where one is not there."""
    files = [f"{place}.{suffix}" for suffix in (*report.formats, _SUFFIX_OF_SOURCES)]
    if previous is None or not all((previous / name).is_file() for name in files):
        return False
    (out / place).parent.mkdir(parents=True, exist_ok=True)
    for name in files:
        link(previous / name, out / name)
    return True


def _index_of(previous: Path | None) -> Index:
    """The index of an earlier release; empty where there is none that can be read."""
    try:
        found = json.loads((previous / INDEX).read_text("utf-8")) if previous else {}
        return Index(found["week"], {key: Kept(*known) for key, known in found["reports"].items()})
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return Index()


class _Renderers:
    """Renders reports: the first here, more of them in processes beside, each of which takes a while to start."""

    def __init__(self) -> None:
        self._kept: list[tuple[Gathered, Path]] = []
        self._pool: ProcessPoolExecutor | None = None
        self._running: list[Future[list[Path]]] = []

    def __enter__(self) -> _Renderers:
        return self

    def __exit__(self, *raised: object) -> None:
        try:
            if raised[0] is None:
                for gathered, out in self._kept:
                    render(gathered, out)
                for one in self._running:
                    one.result()
        finally:
            if self._pool is not None:
                self._pool.shutdown(cancel_futures=True)

    def render(self, gathered: Gathered, out: Path) -> None:
        """Render a report, now or by the end of the `with`."""
        self._kept.append((gathered, out))
        if len(self._kept) < _WORTH_A_PROCESS and self._pool is None:
            return
        if self._pool is None:
            # Not by fork: DuckDB has threads here.
            self._pool = ProcessPoolExecutor(_AT_ONCE, multiprocessing.get_context("spawn"))
        self._running += [self._pool.submit(render, *one) for one in self._kept]
        self._kept = []
