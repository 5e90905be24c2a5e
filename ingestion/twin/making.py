"""Makes a synthetic trust: imagines it whole, then writes its extracts feed by feed and its answer key.

Belongs here: the order of the work. Does not belong here: any figure about schools, pupils or marks.
"""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from ingestion.trust import init_trust
from ingestion.twin.amendments import sends_amendments, written_amendments
from ingestion.twin.calendars import SchoolYear, calendar_rows, school_year
from ingestion.twin.extracts import MarksExtract, forms_of, grid_rows, marks_rows, plan_marks, pupils_rows
from ingestion.twin.faults import DUPLICATE, Planted, deal_out, key_of, plant_in_grid, plant_in_rows
from ingestion.twin.habits import Misuse, as_first_exported, choose_misuse, leave_gaps, misuse_codes
from ingestion.twin.marks import Codes, Marks, simulate
from ingestion.twin.parameters import as_date, first_academic_year, generator, parameters
from ingestion.twin.people import People, build_people
from ingestion.twin.roll import Roll, build_roll
from ingestion.twin.schools import TwinSchool, choose_schools, feeds, trust_toml
from ingestion.twin.transition import year6_rows
from ingestion.twin.writers import pupils_columns, write_answer_key, write_csv, write_marks

ANSWER_KEY = "answer_key.json"
_LINE = ("inbox", "file", "line")
Progress = Callable[[str, int, int], None]


@dataclass
class TwinSummary:
    """What was made. marks counts the rows of all marks files, in grids the cells of sessions that were held."""

    root: Path
    schools: int
    pupils: int
    enrolments: int
    files: int = 0
    marks: int = 0
    faults: int = 0
    answer_key: Path = field(default_factory=Path)


@dataclass
class _Twin:
    """Everything about the trust that its files tell."""

    root: Path
    seed: int
    as_of: np.datetime64
    schools: list[TwinSchool]
    calendars: dict[int, list[SchoolYear]]
    roll: Roll
    people: People
    misuse: list[Misuse]
    summary: TwinSummary
    planted: list[dict[str, Any]] = field(default_factory=list)
    first_exports: dict[tuple[int, int, str], Codes] = field(default_factory=dict)
    amendments: list[dict[str, Any]] = field(default_factory=list)

    def inbox(self, name: str) -> Path:
        return self.root / "inbox" / name


def make_trust(
    root: Path,
    *,
    schools: int = 12,
    pupils: int = 6000,
    years: int = 3,
    seed: int = 1,
    faults: int = 40,
    as_of: dt.date = dt.date(2026, 11, 13),
    progress: Progress | None = None,
) -> TwinSummary:
    """Makes `root` a trust folder whose inboxes hold a synthetic trust's extracts, with planted faults.

    `years` counts academic years up to the one that contains `as_of`; `pupils` is the number on roll at one time.
    `progress` is called with the school or schools just written, and how many of how many feeds are done. The answer
    key (answer_key.json in `root`) lists every planted row by file and line, and every planted pattern of misuse, and
    names no pupil. The same arguments give the same files, byte for byte.

    Raises TrustError when `root` is a trust folder already, and ValueError for sizes or dates that it cannot make.
    """
    twin = _imagine(Path(root), schools, pupils, years, seed, np.datetime64(as_of, "D"))
    init_trust(root, trust_toml(twin.schools, as_of))
    groups = feeds(twin.schools)
    plans = [plan_marks(group, twin.calendars, twin.as_of, seed) for group in groups]
    dealt = deal_out([extract for plan in plans for extract in plan], faults, seed)
    for done, (group, plan) in enumerate(zip(groups, plans, strict=True), start=1):
        for school in group:
            _write_lists(twin, school)
        _write_feed(twin, group, plan, dealt)
        if progress is not None:
            progress(", ".join(school.name for school in group), done, len(groups))
    _write_key(twin)
    return twin.summary


def _imagine(root: Path, schools: int, pupils: int, years: int, seed: int, as_of: np.datetime64) -> _Twin:
    if years < 1:
        raise ValueError("a synthetic trust needs at least one academic year")
    chosen = choose_schools(schools, pupils, seed)
    current = first_academic_year(as_of)
    span = range(current - years + 1, current + 1)
    calendars = {year: [school_year(school, year, seed) for school in chosen] for year in span}
    roll = build_roll(chosen, calendars, seed, as_of)
    people = build_people(roll, chosen, calendars[span[0]][0].first, seed)
    misuse = choose_misuse(chosen, calendars[span[-1]][0].first if years == 1 else calendars[span[-2]][0].first)
    summary = TwinSummary(root, len(chosen), len(roll.cohort), len(roll.person))
    return _Twin(root, seed, as_of, chosen, calendars, roll, people, misuse, summary)


def _write_lists(twin: _Twin, school: TwinSchool) -> None:
    """The school's calendar of each year, what it is told of its new Year 7, and its pupils extracts: at the start of
    each term and on the last day."""
    inbox = twin.inbox(school.slug)
    before = None
    for start_year, years in sorted(twin.calendars.items()):
        calendar = years[school.index]
        write_csv(calendar_rows(calendar), school, inbox / f"calendar_{start_year}0710_{start_year}.csv")
        twin.summary.files += 1
        told = year6_rows(school, calendar, twin.roll, twin.people, twin.seed)
        if not told.is_empty() and calendar.first <= twin.as_of:
            write_csv(told, school, inbox / f"year6_{start_year}0901.csv")
            twin.summary.files += 1
        days = [day for day in calendar.term_starts if day <= twin.as_of]
        latest = twin.as_of if start_year == max(twin.calendars) else calendar.last
        if not days or latest > days[-1]:
            days.append(latest)
        for day in days:
            rows = pupils_rows(school, twin.roll, twin.people, day, before if before is not None else day, start_year)
            stamp = f"{as_date(day):%Y%m%d}-0{6 + school.index % 2}30"
            write_csv(rows.select(pupils_columns()), school, inbox / f"pupils_{stamp}.csv")
            twin.summary.files += 1
            before = day


def _write_feed(twin: _Twin, group: list[TwinSchool], plan: list[MarksExtract], dealt: dict[str, list[str]]) -> None:
    """The marks files of one feed, a year at a time, so that no more than a year of it is in memory."""
    for start_year, calendars in sorted(twin.calendars.items()):
        simulated = {school.index: _simulate(twin, school, calendars[school.index]) for school in group}
        for extract in plan:
            if extract.start_year == start_year:
                _write_extract(twin, extract, simulated, dealt.get(key_of(extract), []))


def _simulate(twin: _Twin, school: TwinSchool, calendar: SchoolYear) -> Marks | None:
    marks = simulate(school, calendar, twin.roll, twin.people, twin.seed, twin.as_of)
    if marks is not None:
        newest = calendar.start_year == max(twin.calendars)
        misuse_codes(marks, school, twin.misuse, twin.seed, is_newest=newest)
        leave_gaps(marks, school, forms_of(twin.roll, school, marks.enrolments, marks.years), twin.seed)
    return marks


def _write_extract(twin: _Twin, extract: MarksExtract, simulated: dict[int, Marks | None], reasons: list[str]) -> None:
    layout = parameters("schools")["layouts"][extract.layout]
    is_grid = bool(layout.get("grid"))
    calendars = twin.calendars[extract.start_year]
    rng = generator(twin.seed, "file", key_of(extract))
    parts = []
    for school in extract.schools:
        marks = simulated[school.index]
        first, last = calendars[school.index].half_terms[extract.half_term]
        if marks is None or first > twin.as_of:
            continue
        columns = marks.sessions(first, min(last, extract.until))
        codes = as_first_exported(marks, columns, rng) if extract.unresolved else marks.codes[:, columns]
        _write_amendments(twin, extract, school, marks, columns, codes)
        make = grid_rows if is_grid else marks_rows
        parts.append(make(marks, codes, columns, school, twin.roll, twin.people))
        twin.summary.marks += int((codes >= 0).sum())
    rows = pl.concat(parts) if parts else pl.DataFrame()
    if rows.is_empty():
        return
    planted: list[Planted] = []
    if reasons and is_grid:
        rows, planted = plant_in_grid(rows, reasons, extract, rng)
    elif reasons:
        rows, planted = plant_in_rows(rows, reasons, extract, twin.roll, twin.people, calendars, twin.as_of, rng)
    is_json = layout["extension"] == "json"
    twin.planted += [fault.entry(extract, is_json) for fault in planted]
    for misuse in twin.misuse:
        if misuse.school in extract.schools and extract.final and extract.until == twin.as_of:
            misuse.lines = [
                {key: value for key, value in fault.entry(extract, is_json).items() if key in _LINE}
                for fault in _shown(misuse, rows)
            ]
    write_marks(rows, extract.layout, extract.schools[0], twin.inbox(extract.inbox) / extract.file_name)
    twin.summary.files += 1


def _write_amendments(
    twin: _Twin, extract: MarksExtract, school: TwinSchool, marks: Marks, columns: slice, codes: Codes
) -> None:
    """Once a half term is exported again, what the school wrote down of the reasons found since the first export."""
    if not sends_amendments(school):
        return
    key = (school.index, extract.start_year, extract.half_term)
    if extract.unresolved:
        twin.first_exports[key] = codes
        return
    before = twin.first_exports.pop(key, None)
    if before is None:
        return
    exported = extract.exported + dt.timedelta(hours=parameters("amendments")["hours"])
    rng = generator(twin.seed, "amendments", *key)
    written = written_amendments(before, marks, columns, twin.roll, twin.people, exported, rng)
    name = f"amendments_{exported:%Y%m%d-%H%M}_{extract.half_term.lower()}.csv"
    if not written.rows.is_empty():
        write_csv(written.rows, school, twin.inbox(school.slug) / name)
        twin.summary.files += 1
        lines = [row + 2 for row in written.wrong]
        told = {"inbox": school.slug, "file": name, "rows": written.rows.height}
        twin.amendments.append({**told, "left_out": written.left_out, "not_in_force": lines})


def _shown(misuse: Misuse, rows: pl.DataFrame) -> list[Planted]:
    """The first row of each pupil that a pattern of misuse is about."""
    seen = rows.with_row_index("row").filter(pl.col("enrolment").is_in(list(misuse.enrolments)))
    if "code" in rows.columns:
        seen = seen.filter(pl.col("code") == misuse.code)
    first = seen.unique("enrolment", keep="first", maintain_order=True)
    return [Planted(misuse.pattern, row, misuse.school.slug) for row in first["row"].to_list()]


def _write_key(twin: _Twin) -> None:
    wrong = [entry for entry in twin.planted if entry["reason"] != DUPLICATE]
    path = twin.root / ANSWER_KEY
    write_answer_key(
        path,
        {
            "as_of": str(twin.as_of),
            "seed": twin.seed,
            "faults": wrong,
            "identical_duplicates": [entry for entry in twin.planted if entry["reason"] == DUPLICATE],
            "misuse": [misuse.entry() for misuse in twin.misuse],
            "amendments": twin.amendments,
        },
    )
    twin.summary.faults = len(wrong)
    twin.summary.answer_key = path
