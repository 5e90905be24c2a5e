"""Small random trusts: registers with gaps, leavers, movers, resent extracts, repeated and refused rows."""

from __future__ import annotations

import datetime as dt
import random
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

from tests.golden import folders

AS_OF = dt.date(2025, 6, 14)
HALVES = ("AM", "PM")
HALF_TERMS = [
    ("HT1", dt.date(2024, 9, 9), dt.date(2024, 9, 20)),
    ("HT2", dt.date(2024, 11, 4), dt.date(2024, 11, 8)),
    ("HT5", dt.date(2025, 4, 28), dt.date(2025, 5, 2)),
    ("HT6", dt.date(2025, 6, 9), dt.date(2025, 6, 13)),
]
LONG_AGO = dt.date(2020, 9, 1)
ENTRIES = [LONG_AGO] * 6 + [dt.date(2024, 9, 11), dt.date(2025, 5, 2), dt.date(2025, 5, 20), dt.date(2025, 6, 10)]
LEAVINGS = [None] * 6 + [dt.date(2024, 9, 10), dt.date(2024, 11, 7), dt.date(2025, 5, 1)]
MOVE = dt.date(2024, 11, 6)

Row = tuple[str, dt.date, str, str]


@dataclass
class Enrolment:
    """A pupil at a school."""

    upn: str
    born: dt.date | None
    entry: dt.date
    leaving: dt.date | None = None
    status: str = "C"
    dual: float = 0.0

    def on_roll(self, day: dt.date) -> bool:
        return self.entry <= day and (self.leaving is None or day <= self.leaving)


@dataclass
class School:
    """A school: its roll, the days it is closed, and its marks extracts, oldest first."""

    slug: str
    urn: int
    closed: dt.date
    roll: list[Enrolment] = field(default_factory=list)
    extracts: list[tuple[str, list[Row]]] = field(default_factory=list)

    def days(self, first: int = 0, last: int = len(HALF_TERMS)) -> list[dt.date]:
        days = [day for _, start, end in HALF_TERMS[first:last] for day in folders.school_days(start, end)]
        return [day for day in days if day != self.closed]


def make_trust(seed: int, schools: int, pupils: int) -> list[School]:
    """Schools with pupils of all ages; every school shares a mover and two dually registered pupils with the next."""
    chance = random.Random(seed)
    numbers = count(1)
    made = [
        School(f"school-{n}", 900001 + n, chance.choice(folders.school_days(*HALF_TERMS[0][1:])))
        for n in range(schools)
    ]
    for school, other in zip(made, [*made[1:], made[0]], strict=True):
        for _ in range(pupils):
            born = dt.date(2024 - chance.randrange(4, 19), chance.choice([8, 9]), chance.choice([1, 31, 15]) % 31 or 30)
            school.roll.append(
                Enrolment(
                    folders.upn(next(numbers)), chance.choice([born] * 9 + [None]), chance.choice(ENTRIES),
                    chance.choice(LEAVINGS),
                )
            )  # fmt: skip
        school.roll = [one for one in school.roll if one.leaving is None or one.leaving >= one.entry]
        if other is school:
            continue
        born = dt.date(2012, 1, 1)
        mover, dual, overlap = (folders.upn(next(numbers)) for _ in range(3))
        school.roll += [
            Enrolment(mover, born, LONG_AGO, MOVE - dt.timedelta(days=1)),
            Enrolment(dual, born, LONG_AGO, None, "M", 0.3),
            Enrolment(overlap, born, LONG_AGO, None, "C"),
        ]
        other.roll += [
            Enrolment(mover, born, MOVE),
            Enrolment(dual, born, LONG_AGO, None, "S", 0.8),
            Enrolment(overlap, born, MOVE, None, "C"),
        ]
    for school in made:
        first = _register(school, school.days(0, 2), chance)
        second = _register(school, school.days(2, 4), chance)
        again = _changed([row for row in first if row[1] >= HALF_TERMS[1][1]], chance)
        part = _changed([row for row in first if dt.date(2024, 9, 12) <= row[1] <= dt.date(2024, 9, 17)], chance)
        rows = {"20241109": first, "20241115": again, "20250614": second, "20250615": part}
        school.extracts = [(stamp, _spoilt(school, extract, chance)) for stamp, extract in sorted(rows.items())]
    return made


def _code(enrolment: Enrolment, day: dt.date, half: str, chance: random.Random) -> str:
    meanings = folders.codes_in_force(day)
    allowed = {
        code: row
        for code, row in meanings.items()
        if half in row["sessions_allowed"].split(";") and "true" not in (row["is_no_mark"], row["is_planned_closure"])
    }
    if chance.random() < enrolment.dual:
        return next(code for code, row in allowed.items() if row["is_dual_registered"] == "true")
    usual = next(code for code, row in allowed.items() if row["sessions_allowed"] == half)
    return chance.choice([usual] * 2 + [chance.choice(sorted(allowed))])


def _register(school: School, days: list[dt.date], chance: random.Random) -> list[Row]:
    """A row for nearly every expected session; a few of them blank."""
    return [
        (one.upn, day, half, "" if chance.random() < 0.03 else _code(one, day, half, chance))
        for one in school.roll
        for day in days
        if one.on_roll(day)
        for half in HALVES
        if chance.random() > 0.03
    ]


def _changed(rows: list[Row], chance: random.Random) -> list[Row]:
    """The rows resent: one in six takes the code of another of the same half of the day, a few are left out."""
    codes = {half: [row[3] for row in rows if row[2] == half] for half in HALVES}
    return [
        (*row[:3], chance.choice(codes[row[2]]) if chance.random() < 1 / 6 else row[3])
        for row in rows
        if chance.random() > 0.02
    ]


def _spoilt(school: School, rows: list[Row], chance: random.Random) -> list[Row]:
    """The rows with some repeated, some contradicted, some refused, and some that belong nowhere; in any order."""
    spoilt: list[Row] = []
    for row in rows:
        spoilt.append(row)
        what = chance.random()
        if row[3] and what < 0.02:
            spoilt.append(row)
        elif row[3] and what < 0.04:
            other = next(one[3] for one in reversed(rows) if one[2] == row[2] and one[3] not in ("", row[3]))
            spoilt.append((*row[:3], other))
        elif what < 0.06:
            spoilt[-1] = (*row[:3], chance.choice(["?", "H", "\\" if row[2] == "AM" else "/"]))
    days = sorted({row[1] for row in rows})
    present = next(code for code, row in folders.codes_in_force(days[0]).items() if row["sessions_allowed"] == "AM")
    spoilt += [
        (folders.upn(99_000), chance.choice(days), "AM", present),
        ("not a number", chance.choice(days), "AM", present),
        (school.roll[0].upn, chance.choice(days), "noon", present),
    ]
    spoilt += [
        (one.upn, day, "AM", present)
        for one in school.roll
        for day in days
        if not one.on_roll(day) and chance.random() < 0.1
    ]
    chance.shuffle(spoilt)
    return spoilt


def _pupil(one: Enrolment, known_on: dt.date, chance: random.Random) -> tuple[object, ...]:
    """A row of a pupils extract; a leaving date is given once it is known."""
    leaving = "" if one.leaving is None or one.leaving > known_on else one.leaving
    year_group, form = chance.choice(["R", "7", "8", ""]), chance.choice(["7A", "7B"])
    return (
        one.upn, "Forename", "Surname", chance.choice("FM"), one.born or "", year_group, form, one.entry, leaving,
        one.status, chance.choice(["Y", "N", ""]), chance.choice(["N", "K", "E"]), "",
    )  # fmt: skip


def files(schools: list[School], seed: int) -> list[tuple[str, Path, tuple[str, ...], list[tuple[object, ...]]]]:
    """Every extract: its inbox, name, header and rows."""
    chance = random.Random(seed)
    found: list[tuple[str, Path, tuple[str, ...], list[tuple[object, ...]]]] = []
    for school in schools:
        calendar = [*folders.calendar_rows(HALF_TERMS), (school.closed, "", "", "closed", "")]
        found.append((school.slug, Path("calendar_20240901.csv"), folders.CALENDAR, calendar))
        for stamp, since in (("20240901", dt.date(2024, 9, 30)), ("20250613", AS_OF)):
            roll = [
                _pupil(one, since, chance)
                for one in school.roll
                if one.entry <= since and (since == AS_OF or one.entry == LONG_AGO)
            ]
            found.append((school.slug, Path(f"pupils_{stamp}.csv"), folders.PUPILS, roll))
        for stamp, rows in school.extracts:
            marks: list[tuple[object, ...]] = [(*row, "", "") for row in rows]
            found.append((school.slug, Path(f"marks_{stamp}.csv"), folders.MARKS, marks))
    return found
