"""How tasks are judged at a moment, for what a release is owed, and what staff write down."""

import datetime as dt
from pathlib import Path

import pytest

from ingestion.task_ledger import (
    OF_TRUST,
    PublishedRelease,
    local_moment,
    note_release,
    published_releases,
    record_task,
    task_records,
)
from ingestion.trust import TrustFolder
from orchestration.tasks import by_place, judged, owed


def at(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text)


MONDAY = "2025-11-10 "
MOMENTS = [
    ("daily", at(MONDAY + "06:30")),
    ("daily", at(MONDAY + "16:00")),
    ("weekly", at(MONDAY + "16:00")),
    ("daily", at("2025-11-11 06:30")),
]


@pytest.mark.parametrize(
    ("newest", "now", "cadences"),
    [
        (MONDAY + "06:00", MONDAY + "06:29", []),
        (MONDAY + "06:00", MONDAY + "06:30", ["daily"]),
        (MONDAY + "06:30", MONDAY + "06:40", []),
        (MONDAY + "06:30", MONDAY + "16:00", ["daily", "weekly"]),
        # the machine was off: everything is made up for by one run
        ("2025-11-07 06:30", MONDAY + "20:00", ["daily", "weekly"]),
    ],
)
def test_a_release_is_owed_from_its_moment_until_one_begins(newest: str, now: str, cadences: list[str]) -> None:
    assert list(owed(MOMENTS, at(newest), at(now))) == cadences


def test_after_downtime_the_newest_moment_counts() -> None:
    assert owed(MOMENTS, at("2025-11-07 06:30"), at(MONDAY + "20:00"))["daily"] == at(MONDAY + "16:00")


def test_without_a_calendar_that_goes_on_a_release_is_made_on_weekdays() -> None:
    assert owed([], at("2026-08-28 07:00"), at("2026-08-29 07:00")) == {}, "a Saturday"
    assert owed([], at("2026-08-28 07:00"), at("2026-08-31 07:00")) == {"daily": at("2026-08-31 06:30")}


def test_the_moment_is_local_time_and_for_a_pinned_day_its_end() -> None:
    day = dt.date(2025, 10, 24)
    assert local_moment(at("2025-10-24T08:30:00+00:00"), day) == at("2025-10-24 09:30"), "summer time"
    assert local_moment(at("2025-10-27T09:30:00+00:00"), dt.date(2025, 10, 27)) == at("2025-10-27 09:30"), "winter time"
    assert local_moment(at("2026-03-01T09:30:00+00:00"), day) == at("2025-10-24 23:59:59")


def task(**changes: object) -> dict[str, object]:
    found: dict[str, object] = {
        "task_id": "registers_kept",
        "school": "elm",
        "school_name": "Elm",
        "period_key": "2025-11-10",
        "due_at": at(MONDAY + "10:00"),
        "done_at": None,
        "done_by": None,
        "is_made": False,
        "is_judged": True,
        "status_when_past": "not_recorded",
    }
    return {**found, **changes}


@pytest.mark.parametrize(
    ("changes", "now", "status"),
    [
        ({}, MONDAY + "10:00:00", "due_today"),
        ({}, MONDAY + "10:00:01", "not_recorded"),
        ({}, "2025-11-09 10:00", "to_come"),
        ({"status_when_past": "late"}, MONDAY + "10:00:01", "late"),
        # done when the release was built, withdrawn since
        ({"status_when_past": "done", "done_at": at(MONDAY + "09:00")}, MONDAY + "11:00", "not_recorded"),
        ({"is_made": True, "status_when_past": "late"}, MONDAY + "11:00", "late"),
        ({"is_made": True, "done_at": at(MONDAY + "10:00")}, MONDAY + "11:00", "done"),
        ({"is_made": True, "done_at": at(MONDAY + "10:01")}, MONDAY + "11:00", "done_late"),
        ({"is_made": True, "done_at": at(MONDAY + "10:01"), "is_judged": False}, MONDAY + "11:00", "done"),
    ],
)
def test_judged_at_another_moment(changes: dict[str, object], now: str, status: str) -> None:
    assert [found["status"] for found in judged([task(**changes)], [], at(now))] == [status]


@pytest.fixture
def folder(tmp_path: Path) -> TrustFolder:
    return TrustFolder(tmp_path).ensure()


def write(folder: TrustFolder, done_at: str, withdrawn: bool = False, slug: str | None = "elm") -> None:
    record_task(folder, "registers_kept", slug, "2025-11-10", "attendance officer", at(done_at), at(MONDAY + "12:00"),
                withdrawn)  # fmt: skip


def test_the_newest_record_counts_and_all_are_kept(folder: TrustFolder) -> None:
    write(folder, MONDAY + "09:00")
    write(folder, MONDAY + "10:01")
    assert [found["status"] for found in judged([task()], task_records(folder), at(MONDAY + "12:00"))] == ["done_late"]
    write(folder, MONDAY + "10:01", withdrawn=True)
    assert task_records(folder) == []
    path = folder.ledger / "tasks" / "elm.jsonl"
    assert len(path.read_text().splitlines()) == 3
    assert path.stat().st_mode & 0o777 == 0o600


def test_a_line_that_a_crash_cut_short_costs_no_other(folder: TrustFolder) -> None:
    write(folder, MONDAY + "09:00")
    path = folder.ledger / "tasks" / "elm.jsonl"
    path.write_text(path.read_text() + '{"task_id": "regis')
    write(folder, MONDAY + "09:30")
    assert [one.done_at for one in task_records(folder)] == [at(MONDAY + "09:30")]


def test_a_record_of_one_place_is_none_of_another(folder: TrustFolder) -> None:
    write(folder, MONDAY + "09:00", slug=None)
    assert (folder.ledger / "tasks" / f"{OF_TRUST}.jsonl").is_file()
    assert judged([task()], task_records(folder), at(MONDAY + "12:00"))[0]["done_at"] is None


def test_releases_are_kept_with_what_their_figures_reach(folder: TrustFolder) -> None:
    later = PublishedRelease(release_id="b", published_at=at(MONDAY + "16:05"), data_to={"elm": "2025-11-10 PM"})
    earlier = PublishedRelease(release_id="a", published_at=at(MONDAY + "06:40"), data_to={OF_TRUST: "2025-11-10 PM"})
    note_release(folder, later)
    note_release(folder, earlier)
    assert published_releases(folder) == [earlier, later]


def test_places_are_counted_with_the_trust_first() -> None:
    tasks = judged([task(), task(school=None, is_made=True, done_at=at(MONDAY + "09:00"))], [], at(MONDAY + "09:30"))
    trust, elm = by_place(tasks)
    assert (trust["school"], trust["done"], trust["last_done_at"]) == (None, 1, at(MONDAY + "09:00"))
    assert (elm["due_today"], elm["next_due_at"], elm["late"]) == (1, at(MONDAY + "10:00"), 0)
