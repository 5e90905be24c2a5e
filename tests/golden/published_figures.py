"""DfE's published sessions by reason, allotted to invented pupils, days and sessions to the last one."""

from __future__ import annotations

import csv
import datetime as dt
import random
from collections import Counter
from dataclasses import dataclass
from functools import cached_property
from itertools import cycle
from pathlib import Path

from tests.golden import folders
from tests.golden.conftest import CASES

PUBLISHED = CASES / "published"
HALVES = ("AM", "PM")


def _rows(name: str) -> list[dict[str, str]]:
    with (PUBLISHED / name).open(encoding="utf-8", newline="") as rows:
        return list(csv.DictReader(rows))


def _day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


@dataclass(frozen=True)
class Published:
    """One published row: what is known of it, its cells as text, and where its first school's URN is."""

    case: dict[str, str]
    cells: dict[str, str]
    half_terms: list[tuple[str, dt.date, dt.date]]
    first_urn: int

    def count(self, column: str) -> int:
        return int(float(self.cells.get(column, "0")))

    @property
    def urns(self) -> list[int]:
        return [self.first_urn + n for n in range(int(self.case["schools"]))]

    @property
    def codes(self) -> Counter[str]:
        """The published sessions of each attendance code."""
        return Counter({row["code"]: self.count(row["column"]) for row in REASONS if self.count(row["column"])})

    @cached_property
    def sessions(self) -> list[tuple[dt.date, str]]:
        days = [day for _, first, last in self.half_terms for day in folders.school_days(first, last)]
        return [(day, half) for day in days for half in HALVES]


REASONS = _rows("reasons.csv")


def published(speed: str) -> list[Published]:
    """The published rows to be rebuilt, quick ones or slow ones."""
    figures, half_terms = _rows("figures.csv"), _rows("half_terms.csv")
    found = []
    urn = 900001
    for case in _rows("cases.csv"):
        if case["speed"] == speed:
            mine = [row for row in half_terms if row["case"] == case["case"]]
            found.append(
                Published(
                    case,
                    {row["column"]: row["value"] for row in figures if row["case"] == case["case"]},
                    [(r["half_term"], _day(r["start_date"]), _day(r["end_date"])) for r in mine],
                    urn,
                )
            )
            urn += int(case["schools"])
    return found


def _absences(row: Published, possible: list[int]) -> list[int]:
    """Each pupil's sessions of absence: as many as published, and as many pupils persistently absent.

    The first pupils begin at a tenth of their sessions, and nobody else may reach it.
    """
    persistent = int(row.case["persistently_absent_pupils"])
    absent = [-(-q // 10) if n < persistent else 0 for n, q in enumerate(possible)]
    most = [q if n < persistent else -(-q // 10) - 1 for n, q in enumerate(possible)]
    rest = row.count("overall_absence") - sum(absent)
    while rest > 0:
        for n, limit in enumerate(most):
            more = min(1, rest, limit - absent[n])
            absent[n] += more
            rest -= more
    assert rest == 0, f"{row.case['case']}: persistent absence alone is more than was published"
    return absent


def _places(row: Published, chance: random.Random) -> dict[str, list[tuple[int, int]]]:
    """Where pupils are present (by half of the day), attend otherwise, are absent, or have no possible session."""
    pupils, sessions = int(row.case["pupils"]), len(row.sessions)
    share, extra = divmod(row.count("possible_sessions"), pupils)
    possible = [share + (n < extra) for n in range(pupils)]
    places: dict[str, list[tuple[int, int]]] = {"absent": [], "attended": [], "AM": [], "PM": [], "other": []}
    for n, absences in enumerate(_absences(row, possible)):
        mine = chance.sample(range(sessions), sessions)
        places["absent"] += [(n, s) for s in mine[:absences]]
        for s in mine[absences : possible[n]]:
            places[HALVES[s % 2]].append((n, s))
        places["other"] += [(n, s) for s in mine[possible[n] :]]
    # present marks are published by half of the day; what is over in each is late or educated elsewhere
    for half in HALVES:
        wanted = row.count(f"reason_present_{half.lower()}")
        chance.shuffle(places[half])
        assert len(places[half]) >= wanted, f"{row.case['case']}: too few {half} sessions are attended"
        places["attended"] += places[half][wanted:]
        del places[half][wanted:]
    return places


def marks(row: Published) -> list[tuple[int, dt.date, str, str]]:
    """Pupil number, date, session and code of every mark: the published ones, and others that are not possible.

    Some of the sessions beyond the published ones are left without a mark.
    """
    chance = random.Random(row.case["case"])
    places = _places(row, chance)
    meanings = folders.codes_in_force(row.sessions[0][0])
    kinds: dict[str, list[str]] = {"absent": [], "attended": []}
    for code, sessions in row.codes.items():
        # the present codes belong to one half of the day each, and their places are settled
        if meanings[code]["is_possible"] == "true" and meanings[code]["sessions_allowed"] not in HALVES:
            kinds["absent" if meanings[code]["is_absent"] == "true" else "attended"] += [code] * sessions
    present = {m["sessions_allowed"]: code for code, m in meanings.items() if m["sessions_allowed"] in HALVES}
    filled = [(place, present[half]) for half in HALVES for place in places[half]]
    for kind, codes in kinds.items():
        chance.shuffle(codes)
        filled += list(zip(places[kind], codes, strict=True))
    beside = [
        c for c, m in meanings.items() if "true" not in (m["is_possible"], m["is_no_mark"], m["is_planned_closure"])
    ]
    filled += [(place, code) for place, code in zip(places["other"], cycle([*sorted(beside), ""])) if code]
    return [(n, *row.sessions[s], code) for (n, s), code in filled]


def write_trust(root: Path, rows: list[Published]) -> Path:
    """A trust folder in which each published row has schools of its own."""
    as_of = max(last for row in rows for _, _, last in row.half_terms)
    schools = [(f"school-{urn}", urn, row.case["phase"]) for row in rows for urn in row.urns]
    folders.write_config(root, as_of, schools)
    number = 0
    for row in rows:
        first_day = row.half_terms[0][1]
        inboxes = [root / "inbox" / f"school-{urn}" for urn in row.urns]
        pupils: list[list[tuple[object, ...]]] = [[] for _ in inboxes]
        lines: list[list[tuple[object, ...]]] = [[] for _ in inboxes]
        names = {}
        for n in range(int(row.case["pupils"])):
            number += 1
            names[n] = folders.upn(number)
            born = dt.date(first_day.year - 11, 1, 1)
            pupils[n % len(inboxes)].append(
                (
                    names[n],
                    f"Forename{number}",
                    f"Surname{number}",
                    "F",
                    born,
                    "5",
                    "5A",
                    first_day,
                    "",
                    "C",
                    "N",
                    "N",
                    "",
                )
            )
        for n, day, half, code in marks(row):
            lines[n % len(inboxes)].append((names[n], day, half, code, "", ""))
        for inbox, roll, register in zip(inboxes, pupils, lines, strict=True):
            folders.write_extract(inbox / f"pupils_{first_day:%Y%m%d}.csv", folders.PUPILS, roll)
            calendar = folders.calendar_rows(row.half_terms)
            folders.write_extract(inbox / f"calendar_{first_day:%Y%m%d}.csv", folders.CALENDAR, calendar)
            folders.write_extract(inbox / f"marks_{as_of:%Y%m%d}.csv", folders.MARKS, register)
    return root
