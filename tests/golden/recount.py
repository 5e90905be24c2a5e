"""The figures of a random trust counted again in plain Python, from its extracts and the reference data alone.

Nothing here comes from the warehouse or its SQL: this is the second opinion.
"""

from __future__ import annotations

import csv
import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cache

from tests.golden import folders
from tests.golden.random_trust import HALF_TERMS, HALVES, Enrolment, School

YEAR = "2024/25"
COUNTED = ("possible", "attended", "absent", "authorised", "unauthorised", "late")
FLAGS = {
    "possible": "is_possible",
    "attended": "is_attended",
    "absent": "is_absent",
    "authorised": "is_authorised_absence",
    "unauthorised": "is_unauthorised_absence",
    "late": "is_late",
}
Key = tuple[str, dt.date, str]


@cache
def rule(name: str) -> Fraction:
    """The value of a rule in the year of the random trusts."""
    with (folders.SEEDS / "rules.csv").open(encoding="utf-8", newline="") as rows:
        (value,) = [
            row["value"]
            for row in csv.DictReader(rows)
            if row["rule_name"] == name
            and row["valid_from"] <= "2024-09-01"
            and (row["valid_to"] or "9999") > "2024-09-01"
        ]
    return Fraction(value)


@dataclass
class Sums:
    """An enrolment's sessions in a period."""

    counts: Counter[str] = field(default_factory=Counter)

    def share(self) -> Fraction | None:
        return Fraction(100 * self.counts["absent"], self.counts["possible"]) if self.counts["possible"] else None

    def reaches(self, rule_name: str) -> bool:
        share = self.share()
        return share is not None and share >= rule(rule_name)


def statuses(school: School) -> dict[Key, str | None]:
    """Each expected session's code; None where there is no mark, `?` where there is only a refused one."""
    return {key: said[-1] if said else None for key, said in versions(school).items()}


def versions(school: School) -> dict[Key, list[str | None]]:
    """Each expected session's mark (as in `statuses`) by every extract that speaks for its day, oldest first."""
    found: dict[Key, list[str | None]] = {
        (one.upn, day, half): [] for one in school.roll for day in school.days() if one.on_roll(day) for half in HALVES
    }
    for _, rows in school.extracts:
        first, last = _range(school, rows)
        marks: defaultdict[Key, set[str]] = defaultdict(set)
        for upn, date, half, code in rows:
            if code:
                marks[upn, date, half].add(code)
        for key, said in found.items():
            if first <= key[1] <= last:
                codes = marks[key]
                (code,) = codes if len(codes) == 1 else ("?",)
                said.append(None if not codes else code if _is_usable(code, key) else "?")
    return found


def _is_usable(code: str, key: Key) -> bool:
    meaning = folders.codes_in_force(key[1]).get(code)
    return meaning is not None and key[2] in meaning["sessions_allowed"].split(";")


def _range(school: School, rows: Iterable[tuple[str, dt.date, str, str]]) -> tuple[dt.date, dt.date]:
    """The first and last date of an extract's usable and blank rows."""
    on_roll = {(one.upn, date) for one in school.roll for date in school.days() if one.on_roll(date)}
    dates = {
        date
        for upn, date, half, code in rows
        if half in HALVES and (not code or ((upn, date) in on_roll and _is_usable(code, (upn, date, half))))
    }
    return min(dates), max(dates)


@cache
def period_keys(day: dt.date) -> list[tuple[str, str]]:
    """The periods that a day belongs to."""
    with (folders.SEEDS / "half_terms.csv").open(encoding="utf-8", newline="") as rows:
        terms = {row["half_term"]: row["term"] for row in csv.DictReader(rows)}
    half_term = next(name for name, first, last in HALF_TERMS if first <= day <= last)
    monday = day - dt.timedelta(days=day.weekday())
    return [
        ("week", str(monday)),
        ("half_term", f"{YEAR} {half_term}"),
        ("term", f"{YEAR} {terms[half_term]}"),
        ("year", YEAR),
    ]


def count(school: School, days: set[dt.date] | None = None) -> dict[tuple[str, str, str], Sums]:
    """Sums by UPN, kind of period and period, over some days or all."""
    found: defaultdict[tuple[str, str, str], Sums] = defaultdict(Sums)
    periods = {day: period_keys(day) for day in school.days()}
    meanings = {day: folders.codes_in_force(day) for day in school.days()}
    for (upn, day, _), code in statuses(school).items():
        if days is not None and day not in days:
            continue
        for period in periods[day]:
            sums = found[upn, *period].counts
            if code is None:
                sums["missing"] += 1
            elif code == "?":
                sums["quarantined"] += 1
            else:
                sums.update(name for name, flag in FLAGS.items() if meanings[day][code][flag] == "true")
            sums["sessions"] += 1
    return dict(found)


def age(one: Enrolment) -> int | None:
    """Age at 31 August 2024."""
    if one.born is None:
        return None
    return 2024 - one.born.year - ((one.born.month, one.born.day) > (8, 31))


def band(sums: Sums) -> str | None:
    """The band of absence that the sums fall in."""
    share = sums.share()
    if share is None:
        return None
    with (folders.SEEDS / "absence_bands.csv").open(encoding="utf-8", newline="") as rows:
        return next(
            row["absence_band"]
            for row in csv.DictReader(rows)
            if int(row["low_percent"]) <= share and (not row["high_percent"] or share < int(row["high_percent"]))
        )


def census(school: School, of_daily: bool = False) -> tuple[int, int, int, int]:
    """Pupils, possible and absent sessions and persistently absent pupils of the year, as a DfE series counts them."""
    last_start, last_end = HALF_TERMS[-1][1:]
    before = HALF_TERMS[-2][2]
    whole = count(school)
    short = count(school, {day for day in school.days() if not last_start <= day <= last_end})
    counted = []
    for one in school.roll:
        years = age(one)
        if years is None or not rule("compulsory_age_min") <= years <= rule("compulsory_age_max"):
            continue
        if one.entry > before and not of_daily:
            continue
        source = short if years == rule("five_half_term_age") else whole
        sums = source.get((one.upn, "year", YEAR), Sums())
        if sums.counts["possible"]:
            counted.append(sums)
    if len(counted) < rule("census_minimum_enrolments") and not of_daily:
        counted = []
    return (
        len(counted),
        sum(sums.counts["possible"] for sums in counted),
        sum(sums.counts["absent"] for sums in counted),
        sum(sums.reaches("persistent_absence_percent") for sums in counted),
    )
