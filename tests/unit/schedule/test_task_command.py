"""`rollcall task`: what it writes down, and what it refuses in one sentence."""

import datetime as dt
import json
from pathlib import Path
from typing import Any

import pytest

from ingestion.task_ledger import task_records
from ingestion.trust import TrustFolder, init_trust
from orchestration import cli
from orchestration.commands import task as command
from tests.integration.tiny import TRUST_TOML

ROLE = "attendance officer"
DAY = dt.datetime(2025, 9, 19, 15, 0)


def due(day: int, **changes: Any) -> dict[str, Any]:
    found = {
        "task_id": "registers_kept",
        "title": "See that every register is taken",
        "cadence": "daily",
        "school": "elm",
        "school_name": "Elm Primary School",
        "period_key": f"2025-09-{day}",
        "last_day": dt.date(2025, 9, day),
        "due_at": dt.datetime(2025, 9, day, 10),
        "done_at": None,
        "done_by": None,
        "is_made": False,
        "is_judged": True,
        "status_when_past": "not_recorded",
    }
    return {**found, **changes}


@pytest.fixture
def trust(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A trust whose release has two days of one task at Elm."""
    root = tmp_path / "trust"
    init_trust(root, TRUST_TOML)
    monkeypatch.setattr("orchestration.release.current_or_mend", lambda folder: root)

    def now(release: Path, known: object, folder: TrustFolder, *_: int, **__: int) -> Any:
        from orchestration.tasks import judged

        return judged([due(18), due(19), due(22)], task_records(folder), DAY), DAY

    monkeypatch.setattr(command, "tasks_now", now)
    return root


def run(trust: Path, *arguments: str) -> int:
    return cli.invoke(["task", *arguments, "--trust", str(trust)])


def test_a_task_is_written_down_for_the_newest_period_that_has_ended(trust: Path) -> None:
    assert run(trust, "done", "registers_kept", "--school", "elm", "--by", ROLE) == 0
    (record,) = task_records(TrustFolder(trust))
    assert (record.period_key, record.done_at, record.role, record.slug) == ("2025-09-19", DAY, ROLE, "elm")


def test_it_is_told_when_that_is_written_down_already(trust: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(trust, "done", "registers_kept", "--school", "elm", "--by", ROLE) == 0
    assert run(trust, "done", "registers_kept", "--school", "elm", "--by", ROLE) == 2
    assert "2025-09-19 is written down as done already" in capsys.readouterr().err
    assert run(trust, "done", "registers_kept", "--school", "elm", "--by", ROLE, "--withdraw") == 0
    assert task_records(TrustFolder(trust)) == []


def test_another_period_and_an_earlier_time_can_be_named(trust: Path) -> None:
    named = ("--period", "2025-09-18", "--at", "2025-09-18 09:55")
    assert run(trust, "done", "registers_kept", "--school", "elm", "--by", ROLE, *named) == 0
    (record,) = task_records(TrustFolder(trust))
    assert (record.period_key, record.done_at) == ("2025-09-18", dt.datetime(2025, 9, 18, 9, 55))


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("nonsense", "--school", "elm", "--by", ROLE), "There is no task called nonsense"),
        (("first_hour_list", "--school", "elm", "--by", ROLE), "done by the release"),
        (("registers_kept", "--by", ROLE), "say whose"),
        (("code_use_reviewed", "--school", "elm", "--by", ROLE), "leave --school out"),
        (("registers_kept", "--school", "ash", "--by", ROLE), "no school called ash"),
        (("registers_kept", "--school", "elm", "--by", "Mrs Jones"), "a role, not a name"),
        (("registers_kept", "--school", "elm", "--by", ROLE, "--period", "2025-09-20"), "not due for 2025-09-20"),
        (("registers_kept", "--school", "elm", "--by", ROLE, "--at", "yesterday"), "is no time"),
        (("registers_kept", "--school", "elm", "--by", ROLE, "--at", "2025-09-19 15:01"), "is to come"),
    ],
)
def test_what_cannot_be_written_down_is_said_in_a_sentence(
    trust: Path, arguments: tuple[str, ...], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(trust, "done", *arguments) == 2
    assert said in capsys.readouterr().err
    assert task_records(TrustFolder(trust)) == []


def test_the_list_says_how_each_stands(trust: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(trust, "done", "registers_kept", "--school", "elm", "--by", ROLE) == 0
    capsys.readouterr()
    assert run(trust, "list", "--school", "elm", "--json") == 0
    listed = json.loads(capsys.readouterr().out)
    assert [(row["period_key"], row["status"], row["done_by"]) for row in listed] == [
        ("2025-09-18", "not_recorded", None),
        ("2025-09-19", "done_late", ROLE),
        ("2025-09-22", "to_come", None),
    ]
    assert run(trust, "list", "--late", "--json") == 0
    assert [row["status"] for row in json.loads(capsys.readouterr().out)] == ["done_late"]
