"""Trust folders written from data: generic extracts of invented pupils, for tests that need many registers."""

from __future__ import annotations

import csv
import datetime as dt
from collections.abc import Iterable, Sequence
from functools import cache
from pathlib import Path

from tests.golden.conftest import CASES

SEEDS = CASES.parents[1] / "dbt_project" / "seeds"

MARKS = ("upn", "date", "session", "code", "minutes_late", "comment")
CALENDAR = ("date", "session", "year_group", "status", "note")
PUPILS = (
    "upn", "forename", "surname", "sex", "date_of_birth", "year_group", "form", "entry_date", "leaving_date",
    "enrolment_status", "fsm", "sen_status", "ethnicity",
)  # fmt: skip

_CHECK_LETTERS = "ABCDEFGHJKLMNPQRTUVWXYZ"


def upn(number: int) -> str:
    """An invented UPN with a check letter that fits (DfE, Unique pupil numbers guide)."""
    digits = f"8770{number:08d}"
    return (
        _CHECK_LETTERS[sum(int(digit) * weight for digit, weight in zip(digits, range(2, 14), strict=True)) % 23]
        + digits
    )


@cache
def codes_in_force(day: dt.date) -> dict[str, dict[str, str]]:
    """The rows of the seed attendance_codes on a day, by code."""
    with (SEEDS / "attendance_codes.csv").open(encoding="utf-8", newline="") as rows:
        return {
            row["code"]: row
            for row in csv.DictReader(rows)
            if row["valid_from"] <= day.isoformat() and (not row["valid_to"] or day.isoformat() <= row["valid_to"])
        }


@cache
def bank_holidays() -> set[dt.date]:
    """The days of the seed bank_holidays."""
    with (SEEDS / "bank_holidays.csv").open(encoding="utf-8", newline="") as rows:
        return {dt.date.fromisoformat(row["bank_holiday"]) for row in csv.DictReader(rows)}


def school_days(first: dt.date, last: dt.date) -> list[dt.date]:
    """The weekdays from one day to another that are no bank holidays."""
    days = (first + dt.timedelta(days=n) for n in range((last - first).days + 1))
    closed = bank_holidays()
    return [day for day in days if day.isoweekday() <= 5 and day not in closed]


def write_extract(path: Path, header: Sequence[str], rows: Iterable[Sequence[object]]) -> Path:
    """A CSV file in an inbox, its folder made."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", newline="", encoding="utf-8") as out:
        writer = csv.writer(out)
        writer.writerow(header)
        writer.writerows(rows)
    return path


def write_config(root: Path, as_of: dt.date, schools: Iterable[tuple[str, int, str]]) -> Path:
    """trust.toml for schools given as slug, URN and phase."""
    root.mkdir(parents=True, exist_ok=True)
    text = f'[trust]\nname = "Golden Trust"\nas_of = {as_of}\n'
    for slug, urn, phase in schools:
        text += (
            f'[[school]]\nslug = "{slug}"\nname = "{slug.title()} School"\nurn = {urn}\n'
            f'laestab = "877{urn % 10000:04d}"\nphase = "{phase}"\nla_code = "877"\nmis = "generic"\n'
        )
    config = root / "trust.toml"
    config.write_text(text, encoding="utf-8")
    return config


def calendar_rows(half_terms: Iterable[tuple[str, dt.date, dt.date]]) -> list[tuple[object, ...]]:
    """The rows of a calendar extract that say where half terms begin and end."""
    return [
        (day, "", "", f"half_term_{edge}", name)
        for name, first, last in half_terms
        for edge, day in (("start", first), ("end", last))
    ]
