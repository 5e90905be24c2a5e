"""A trust small enough to run in seconds: two schools, two dozen pupils, one half term. Every child is invented."""

from __future__ import annotations

import csv
import datetime as dt
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

REPO = Path(__file__).parents[2]
AS_OF = dt.date(2025, 9, 19)
FIRST_DAY = dt.date(2025, 9, 3)
PUPILS = 12

TRUST_TOML = f"""
[trust]
name = "Tiny Trust"
as_of = {AS_OF}
[[school]]
slug = "elm"
name = "Elm Primary School"
urn = 900101
laestab = "8772001"
phase = "primary"
la_code = "877"
mis = "generic"
[[school]]
slug = "oak"
name = "Oak Secondary School"
urn = 900102
laestab = "8774001"
phase = "secondary"
la_code = "877"
mis = "generic"
"""

SCHOOLS = {"elm": ("1", 5), "oak": ("2", 8)}


def upn(slug: str, number: int) -> str:
    """An invented UPN: the invented letter of the form, then digits."""
    return f"A8772{SCHOOLS[slug][0]}{number:07d}"


def school_days(until: dt.date = AS_OF) -> list[dt.date]:
    """The weekdays from the first day of term."""
    days = [FIRST_DAY + dt.timedelta(days=n) for n in range((until - FIRST_DAY).days + 1)]
    return [day for day in days if day.weekday() < 5]


def write_csv(path: Path, header: Sequence[str], rows: Sequence[Sequence[object]]) -> Path:
    """A CSV file, its folder made."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", newline="", encoding="utf-8") as out:
        writer = csv.writer(out)
        writer.writerow(header)
        writer.writerows(rows)
    return path


def marks(slug: str, until: dt.date = AS_OF, spoil: int = 0) -> list[list[str]]:
    """Everybody present but pupil 1, who is ill in the mornings. spoil: so many rows get a code nobody knows."""
    rows = [
        [upn(slug, pupil), day.isoformat(), session, "I" if pupil == 1 and session == "AM" else present, "", ""]
        for day in school_days(until)
        for session, present in (("AM", "/"), ("PM", "\\"))
        for pupil in range(1, PUPILS + 1)
    ]
    for row in rows[:spoil]:
        row[3] = "?"
    return rows


def write_marks(root: Path, slug: str, stamp: str = "20250919", until: dt.date = AS_OF, spoil: int = 0) -> Path:
    """A marks extract in the school's inbox."""
    header = ("upn", "date", "session", "code", "minutes_late", "comment")
    return write_csv(root / "inbox" / slug / f"marks_{stamp}.csv", header, marks(slug, until, spoil))


def make_tiny_trust(root: Path) -> Path:
    """The trust folder with a calendar, a pupils and a marks extract of each school waiting."""
    from ingestion.trust import init_trust

    init_trust(root, TRUST_TOML)
    for slug, (_, age_year) in SCHOOLS.items():
        inbox = root / "inbox" / slug
        born = 2025 - age_year - 5
        write_csv(
            inbox / "pupils_20250901.csv",
            ("upn", "forename", "surname", "sex", "date_of_birth", "year_group", "form", "entry_date", "fsm"),
            [
                (upn(slug, n), f"Forename{n}", f"Surname{n}", "MF"[n % 2], f"{born}-01-{n:02d}", str(age_year),
                 f"{age_year}A", "2025-09-01", "YN"[n % 2])
                for n in range(1, PUPILS + 1)
            ],
        )  # fmt: skip
        write_csv(
            inbox / "calendar_20250901.csv",
            ("date", "session", "year_group", "status", "note"),
            [("2025-09-03", "", "", "half_term_start", "HT1"), ("2025-10-24", "", "", "half_term_end", "HT1")],
        )
        write_marks(root, slug)
    return root


@dataclass(frozen=True)
class TinyRun:
    """A tiny trust after a run: its folder and the run's summary."""

    root: Path
    summary: dict[str, Any]

    def copy(self, to: Path) -> Path:
        """The trust folder copied, for a test that changes it."""
        return shutil.copytree(self.root, to, symlinks=True)


def run_tiny_trust(folder: Path) -> TinyRun:
    """Make a tiny trust below `folder` and run it as `rollcall run --no-dashboards` does."""
    from orchestration.run import run_trust

    root = make_tiny_trust(folder / "trust")
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("DAGSTER_HOME", raising=False)
        return TinyRun(root, run_trust(root, dashboards=False))


@contextmanager
def dagster_home(home: Path) -> Iterator[None]:
    """Runs are kept in a Dagster home, set up as `make dagster` does it, while the block lasts."""
    home.mkdir(exist_ok=True)
    parts = [REPO / "dagster.yaml", REPO / "orchestration" / "event_log.yaml"]
    (home / "dagster.yaml").write_text("".join(part.read_text() for part in parts))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DAGSTER_HOME", str(home))
        yield
