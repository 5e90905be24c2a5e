"""Every planted row is where the answer key says, and is wrong in the way it says; nothing else is wrong."""

import datetime as dt
import json
import re
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ingestion.landing import inboxes, land_inbox
from ingestion.trust import TrustFolder, load_trust
from ingestion.twin import make_trust
from ingestion.twin.parameters import parameters
from quality.seeds import attendance_codes
from tests.unit.twin.conftest import SIZE, Row, layout_of, records

_HEADINGS = 8  # of the widest layout that has one row a mark
_BY_FILE_ALONE = {
    "unknown_school",
    "malformed_upn",
    "malformed_date",
    "malformed_session",
    "missing_value",
    "unknown_code",
    "code_not_in_force",
    "wrong_session_for_code",
}


def _day(text: str) -> dt.date | None:
    for form in ("%Y-%m-%d", "%d/%m/%Y"):
        try:
            return dt.datetime.strptime(text, form).date()
        except ValueError:
            continue
    return None


def _codes_on(day: dt.date) -> dict[str, str]:
    rows = attendance_codes().rows(named=True)
    return {
        row["code"]: row["sessions_allowed"]
        for row in rows
        if row["valid_from"] <= day and (row["valid_to"] is None or day <= row["valid_to"])
    }


def _rows_of(trust: Path, slug: str, kind: str) -> list[Row]:
    return [row for path in sorted((trust / "inbox" / slug).glob(f"{kind}_*")) for row in records(path)]


def _on_roll(trust: Path, slug: str, upn: str, day: dt.date) -> bool:
    newest = {row["entry_date"]: row for row in _rows_of(trust, slug, "pupils") if row["upn"] == upn}
    spells = [(_day(row["entry_date"]), _day(row["leaving_date"])) for row in newest.values()]
    return any(entry is not None and entry <= day and (leave is None or day <= leave) for entry, leave in spells)


def _is_wrong(reason: str, row: Row, entry: dict[str, Any], trust: Path, as_of: dt.date) -> bool:
    day = _day(row["date"])
    if reason == "malformed_upn":
        return not re.fullmatch(r"[A-HJ-NP-RT-Z][0-9]{11}[0-9A-HJ-NP-RT-Z]", row["upn"])
    if reason == "malformed_date":
        return bool(row["date"]) and day is None
    if reason == "malformed_session":
        return bool(row["session"]) and row["session"] not in ("AM", "PM")
    if reason == "missing_value":
        return not (row["upn"] and row["date"] and row["session"])
    if reason == "unknown_school":
        return row["school"] not in {school.name for school in load_trust(trust).schools}
    assert day is not None
    every_code = set(attendance_codes()["code"])
    if reason == "unknown_code":
        return row["code"] not in every_code
    if reason == "code_not_in_force":
        return row["code"] in every_code and row["code"] not in _codes_on(day)
    if reason == "wrong_session_for_code":
        return row["session"] not in _codes_on(day)[row["code"]].split(";")
    if reason == "future_date":
        return day > as_of
    slugs = [school.slug for school in load_trust(trust).schools]
    known = any(row["upn"] == other["upn"] for slug in slugs for other in _rows_of(trust, slug, "pupils"))
    if reason == "unknown_pupil":
        return not known
    if reason == "not_on_roll":
        return known and not _on_roll(trust, entry["school"], row["upn"], day)
    assert reason == "not_a_school_day"
    calendar = _rows_of(trust, entry["school"], "calendar")
    off = {_day(other["date"]) for other in calendar if other["status"] in ("inset", "holiday")}
    return _on_roll(trust, entry["school"], row["upn"], day) and (day.weekday() > 4 or day in off)


@pytest.mark.parametrize(
    "reason", [*sorted(_BY_FILE_ALONE), "future_date", "unknown_pupil", "not_on_roll", "not_a_school_day"]
)
def test_planted_rows_are_wrong_as_said(
    reason: str, key: dict[str, Any], trust: Path, marks_row: Callable[[dict[str, Any]], Row]
) -> None:
    entries = [entry for entry in key["faults"] if entry["reason"] == reason]
    assert entries, f"no {reason} was planted"
    as_of = dt.date.fromisoformat(key["as_of"])
    for entry in entries:
        assert _is_wrong(reason, marks_row(entry), entry, trust, as_of), entry


def test_conflicting_rows_are_pairs(key: dict[str, Any], marks_row: Callable[[dict[str, Any]], Row]) -> None:
    rows = [marks_row(entry) for entry in key["faults"] if entry["reason"] == "conflicting_duplicate"]
    assert rows
    keys = Counter((row["upn"], row["date"], row["session"]) for row in rows)
    assert set(keys.values()) == {2}
    assert len({(row["upn"], row["date"], row["session"], row["code"]) for row in rows}) == len(rows)


def test_identical_duplicates_repeat_an_earlier_row(key: dict[str, Any], trust: Path) -> None:
    assert key["identical_duplicates"]
    for entry in key["identical_duplicates"]:
        path = trust / "inbox" / entry["inbox"] / entry["file"]
        rows = [{name: value for name, value in row.items() if name != "ID"} for row in records(path)]
        row = rows[entry["line"] - (1 if path.suffix == ".json" else 2)]
        assert rows.count(row) == 2


def test_faults_are_a_small_part_of_any_file(key: dict[str, Any], trust: Path) -> None:
    for (inbox, name), number in Counter((entry["inbox"], entry["file"]) for entry in key["faults"]).items():
        rows = records(trust / "inbox" / inbox / name)
        assert number <= 0.05 * len(rows) * max(1, len(rows[0]) - _HEADINGS)


def test_ingestion_refuses_the_planted_rows_and_no_others(tmp_path: Path) -> None:
    root = tmp_path / "trust"
    make_trust(root, **{**SIZE, "pupils": 120, "seed": 8})
    key = json.loads((root / "answer_key.json").read_text(encoding="utf-8"))
    planted = Counter(entry["reason"] for entry in key["faults"] if entry["reason"] in _BY_FILE_ALONE)
    config, folder = load_trust(root), TrustFolder(root)
    refused: Counter[str] = Counter()
    for inbox in inboxes(folder, config):
        for landed in land_inbox(config, folder, inbox):
            assert landed.problem is None, landed.file_name
            refused.update(landed.reasons)
    assert refused == planted


def test_misuse_is_named_with_its_school_and_lines(key: dict[str, Any], trust: Path) -> None:
    slugs = {school.slug for school in load_trust(trust).schools}
    assert [misuse["pattern"] for misuse in key["misuse"]] == list(parameters("marks")["misuse"])
    assert {misuse["school"] for misuse in key["misuse"]} <= slugs
    without_end = next(misuse for misuse in key["misuse"] if misuse["pattern"] == "without_end")
    assert len(without_end["rows"]) == without_end["pupils"] > 0
    for line in without_end["rows"]:
        path = trust / "inbox" / line["inbox"] / line["file"]
        row = records(path)[line["line"] - 2]
        assert without_end["code"] in row.values(), layout_of(path)
