"""Plants rows that must be refused, and says where, for the answer key.

Belongs here: faults of single rows of marks files. Does not belong here: habits of whole schools (habits.py).
"""

import datetime as dt
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl

from ingestion.twin.calendars import SchoolYear
from ingestion.twin.extracts import TRUST_INBOX, MarksExtract
from ingestion.twin.parameters import as_date, generator, parameters
from ingestion.twin.people import People
from ingestion.twin.roll import Roll
from ingestion.twin.schools import covers_several
from ingestion.twin.upn import make_upns

DUPLICATE = "identical duplicate"
_HEADER_LINES = 1
_MOST_PER_ROWS = 100
_SESSIONS_A_WEEK = 10


@dataclass
class Planted:
    """A planted row: line of the file (line 1 is the header; in JSON the record's ordinal) and the reason expected."""

    reason: str
    row: int
    school: str
    column: str | None = None

    def entry(self, extract: MarksExtract, is_json: bool) -> dict[str, Any]:
        """Its entry in the answer key."""
        return {
            "school": self.school,
            "inbox": extract.inbox,
            "file": extract.file_name,
            "line": self.row + 1 + (0 if is_json else _HEADER_LINES),
            "reason": self.reason,
            "kind": "marks",
            "column": self.column,
        }


def deal_out(extracts: list[MarksExtract], number: int, seed: int) -> dict[str, list[str]]:
    """Which faults go into which file (inbox/name): one after the other in the order of the list of reasons, each into
    a file that can show it and that no later one supersedes; never more than a hundredth of a file's rows."""
    facts = parameters("faults")
    rng = generator(seed, "faults")
    room = {
        place: max(1, sum(s.places * len(s.years) for s in extract.schools) * _SESSIONS_A_WEEK // _MOST_PER_ROWS)
        for place, extract in enumerate(extracts)
        if extract.final
    }
    dealt: dict[str, list[str]] = {}
    reasons = [facts["cycle"][turn % len(facts["cycle"])] for turn in range(number)]
    duplicates = [DUPLICATE] * round(number * facts["identical_per_fault"])
    for reason in [*reasons, *duplicates]:
        fitting = [place for place, left in room.items() if left > 0 and _shows(extracts[place].layout, reason)]
        if not fitting:
            continue
        place = fitting[int(rng.integers(len(fitting)))]
        room[place] -= 1
        dealt.setdefault(key_of(extracts[place]), []).append(reason)
    return dealt


def key_of(extract: MarksExtract) -> str:
    """An extract's place below inbox/."""
    return f"{extract.inbox}/{extract.file_name}"


def _shows(layout: str, reason: str) -> bool:
    facts = parameters("faults")
    if parameters("schools")["layouts"][layout].get("grid"):
        return reason in facts["grid"]
    return reason not in facts["trust_wide"] or covers_several(layout)


def plant_in_grid(
    rows: pl.DataFrame, reasons: list[str], extract: MarksExtract, rng: np.random.Generator
) -> tuple[pl.DataFrame, list[Planted]]:
    """Faulty codes in cells of a register grid, each in the line of another pupil."""
    facts = parameters("marks")
    sessions = rows.columns[rows.columns.index("enrolment") + 1 :]
    planted = []
    for row, reason in zip(rng.permutation(rows.height).tolist(), reasons, strict=False):
        mornings = list(facts["present"].values())
        taken = [name for name in sessions if rows[name][row] in mornings]
        if not taken:
            continue
        column = taken[int(rng.integers(len(taken)))]
        day, session = column.split(" ")
        date = np.datetime64("-".join(reversed(day.split("/"))))
        code = _faulty_code(reason, session, date, rng)
        rows = rows.with_columns(rows[column].scatter(row, code))
        planted.append(Planted(reason, row, extract.schools[0].slug, column))
    return rows, planted


def plant_in_rows(
    rows: pl.DataFrame,
    reasons: list[str],
    extract: MarksExtract,
    roll: Roll,
    people: People,
    calendars: list[SchoolYear],
    as_of: np.datetime64,
    rng: np.random.Generator,
) -> tuple[pl.DataFrame, list[Planted]]:
    """Changes rows of a long file, or adds rows at its end; every fault concerns another pupil."""
    layout = parameters("schools")["layouts"][extract.layout]
    usable = np.flatnonzero(rows["usable"].to_numpy() & _on_roll_throughout(rows, roll))
    one_each = usable[rng.permutation(len(usable))]
    _, firsts = np.unique(rows["upn"].to_numpy()[one_each], return_index=True)
    chosen = one_each[np.sort(firsts)]
    changes: dict[str, dict[int, str]] = {}
    added: list[dict[str, Any]] = []
    planted = []
    schools = {school.name: school for school in extract.schools}
    for row, reason in zip(chosen.tolist(), reasons, strict=False):
        old = rows.row(row, named=True)
        school = schools[old["school"]]
        new = dict(old)
        if reason in ("unknown_pupil", "not_on_roll"):
            new |= _stranger(reason, school.index, roll, people, old["day"], rng)
        elif reason == "not_a_school_day":
            new["date"] = _day_off(calendars[school.index], extract, old["day"], rng).strftime(layout["date"])
        elif reason == "conflicting_duplicate":
            others = [code for code in parameters("faults")["other_codes"] if code != old["code"]]
            new |= {"code": _one(others, rng), "minutes_late": ""}
        elif reason != DUPLICATE:
            changed = _changed(reason, old, layout["date"], as_of, rng)
            for column, value in changed.items():
                changes.setdefault(column, {})[row] = value
            place = TRUST_INBOX if reason in parameters("faults")["trust_wide"] else school.slug
            planted.append(Planted(reason, row, place, next(iter(changed))))
            continue
        if reason == "conflicting_duplicate":
            planted.append(Planted(reason, row, school.slug))
        planted.append(Planted(reason, rows.height + len(added), school.slug))
        added.append(new)
    for column, cells in changes.items():
        rows = rows.with_columns(rows[column].scatter(list(cells), list(cells.values())))
    return rows.vstack(pl.DataFrame(added, schema=rows.schema)) if added else rows, planted


def _on_roll_throughout(rows: pl.DataFrame, roll: Roll) -> np.ndarray[Any, np.dtype[np.bool_]]:
    """Rows of pupils who neither joined nor left during the days that the file covers."""
    enrolment, days = rows["enrolment"].to_numpy(), rows["day"].to_numpy().astype("datetime64[D]")
    return np.asarray((roll.entry[enrolment] <= days.min()) & np.isnat(roll.leave[enrolment]))


def _changed(
    reason: str, old: dict[str, Any], date_format: str, as_of: np.datetime64, rng: np.random.Generator
) -> dict[str, str]:
    """The cells of a row that become faulty."""
    facts = parameters("faults")
    if reason == "malformed_upn":
        return {"upn": _one(facts["bad_upns"], rng)}
    if reason == "malformed_date":
        return {"date": _one(facts["bad_dates"], rng)}
    if reason == "malformed_session":
        return {"session": _one(facts["bad_sessions"], rng)}
    if reason == "missing_value":
        return {_one(facts["emptied"], rng): ""}
    if reason == "unknown_school":
        return {"school": _one(facts["unknown_schools"], rng)}
    if reason == "future_date":
        later = np.busday_offset(as_of + np.timedelta64(int(rng.integers(20, 200)), "D"), 0, roll="forward")
        return {"date": as_date(np.datetime64(later)).strftime(date_format)}
    return {"code": _faulty_code(reason, old["session"], np.datetime64(old["day"], "D"), rng), "minutes_late": ""}


def _faulty_code(reason: str, session: str, day: np.datetime64, rng: np.random.Generator) -> str:
    facts, marks = parameters("faults"), parameters("marks")
    if reason == "unknown_code":
        return _one(facts["unknown_codes"], rng)
    if reason == "code_not_in_force":
        new_set = day > np.datetime64(marks["before_2024"]["until"])
        return _one(facts["withdrawn_codes" if new_set else "later_codes"], rng)
    others: list[str] = [code for other, code in marks["present"].items() if other != session]
    return others[0]


def _stranger(
    reason: str, school: int, roll: Roll, people: People, day: Any, rng: np.random.Generator
) -> dict[str, str]:
    """Somebody else's UPN and name: in no pupils extract, or known to the trust but not on this roll that day."""
    if reason == "unknown_pupil":
        stem = np.array([int(rng.integers(999_000_000_000, 999_999_999_999))])
        return {"upn": str(make_upns(stem, np.array([False]))[0])}
    here = roll.school == school
    left = np.unique(roll.person[here & (roll.leave < np.datetime64(day, "D"))])
    never = np.setdiff1d(np.unique(roll.person), roll.person[here])
    still = roll.person[here & (np.isnat(roll.leave) | (roll.leave >= np.datetime64(day, "D")))]
    candidates = np.setdiff1d(left, still)
    candidates = candidates if candidates.size else never
    person = int(candidates[int(rng.integers(len(candidates)))])
    forename, surname = (str(people.texts[name][person]) for name in ("forename", "surname"))
    names = {"forename": forename, "surname": surname}
    names |= {"full_name": f"{surname}, {forename}", "student": f"{forename} {surname}"}
    return {"upn": str(people.upn[person]), **names}


def _day_off(calendar: SchoolYear, extract: MarksExtract, day: Any, rng: np.random.Generator) -> dt.date:
    """An INSET day or bank holiday inside the days that the file covers, or the nearest Saturday."""
    first = calendar.half_terms[extract.half_term][0]
    off = np.concatenate([calendar.insets, calendar.holidays])
    off = off[(off >= first) & (off <= extract.until)]
    saturday = np.busday_offset(np.datetime64(day, "D"), 0, roll="forward", weekmask="Sat")
    if saturday > extract.until:
        saturday = saturday - np.timedelta64(7, "D")
    return as_date(off[int(rng.integers(len(off)))] if off.size and rng.random() < 0.6 else saturday)


def _one(options: list[str], rng: np.random.Generator) -> str:
    return options[int(rng.integers(len(options)))]
