"""What changed since a release: every way in which what the warehouse sees of an extract can change."""

import datetime as dt
import json
from pathlib import Path
from typing import Any

import polars as pl

from ingestion.changes import Change, changed_since
from ingestion.decisions import decide
from ingestion.ledger import entries
from ingestion.removal import Tombstone, bury
from ingestion.trust import Trust, TrustFolder, load_trust
from orchestration.manifest import inputs
from tests.unit.ingestion.helpers import HEADER, OTHER, PERMANENT, land, make_trust, put, school

MARKS = HEADER + f"{PERMANENT},2025-09-05,AM,/\n{OTHER},04/09/2025,PM,N\nBAD,2025-09-08,AM,/\n{OTHER},never,PM,N\n"
BIRCH = school("birch", 900002, "generic")
DAYS = (dt.date(2025, 9, 4), dt.date(2025, 9, 8))


def released(folder: TrustFolder) -> dict[str, Any]:
    """A manifest as it is read from a release that was made now."""
    manifest: dict[str, Any] = json.loads(json.dumps({"inputs": inputs(folder)}))
    return manifest


def trust_with_marks(tmp_path: Path, *more: str) -> tuple[Trust, TrustFolder]:
    trust, folder = make_trust(tmp_path, school("ash", 900001, "generic"), *more)
    put(folder, "ash", "marks_20250910.csv", MARKS)
    land(trust, folder)
    return trust, folder


def seen(changes: list[Change]) -> list[tuple[object, ...]]:
    return sorted(((one.why, one.kind, one.school, one.first_date, one.last_date) for one in changes), key=str)


def test_without_a_release_everything_is_new_and_with_its_own_nothing(tmp_path: Path) -> None:
    _, folder = trust_with_marks(tmp_path)
    assert seen(changed_since(folder, None)) == [("new", "marks", "ash", *DAYS)]
    assert changed_since(folder, released(folder)) == []


def test_new_extracts_come_with_the_days_that_their_rows_name(tmp_path: Path) -> None:
    trust, folder = trust_with_marks(tmp_path, BIRCH)
    manifest = released(folder)
    put(folder, "birch", "marks_20250911.csv", HEADER + f"{PERMANENT},2025-09-11,AM,/\n")
    put(folder, "birch", "pupils_20250911.csv", f"upn,entry_date\n{PERMANENT},2024-09-01\n")
    put(folder, "birch", "calendar_20250911.csv", "date,status\n2025-10-27,holiday\n2026-02-16,holiday\n")
    put(folder, "birch", "marks_20250912.csv", "no,headings\n1,2\n")
    land(trust, folder)
    changes = changed_since(folder, manifest)
    day = dt.date(2025, 9, 11)
    assert seen(changes) == [
        ("new", "calendar", "birch", dt.date(2025, 10, 27), dt.date(2026, 2, 16)),
        ("new", "marks", "birch", day, day),
        ("new", "pupils", "birch", None, None),
        ("new", "refused", "birch", None, None),
    ]
    assert [one.extract_id for one in changes] == sorted(one.extract_id for one in changes)


def test_a_file_of_several_schools_is_a_change_for_each(tmp_path: Path) -> None:
    trust, folder = trust_with_marks(tmp_path, BIRCH)
    manifest = released(folder)
    rows = [("Ash", "15/09/2025"), ("Birch", "16/09/2025"), ("Nowhere", "17/09/2025")]
    put(
        folder,
        "_trust",
        "marks_20250920.csv",
        "Full Name,UPN,School Name,Session date,Attendance code,Period\n"
        + "".join(f"A Pupil,{PERMANENT},{name},{day},/,AM\n" for name, day in rows),
    )
    land(trust, folder)
    days = [dt.date(2025, 9, day) for day in (15, 16, 17)]
    found = [(one.school, one.first_date, one.last_date) for one in changed_since(folder, manifest)]
    assert found == [(name, day, day) for name, day in [(None, days[2]), ("ash", days[0]), ("birch", days[1])]]


def test_the_same_bytes_again_are_a_change_only_where_they_count_from_an_earlier_export(tmp_path: Path) -> None:
    trust, folder = trust_with_marks(tmp_path)
    manifest = released(folder)
    put(folder, "ash", "marks_20250930.csv", MARKS)
    land(trust, folder)
    assert changed_since(folder, manifest) == []
    put(folder, "ash", "marks_20250909.csv", MARKS)
    land(trust, folder)
    assert seen(changed_since(folder, manifest)) == [("changed", "marks", "ash", *DAYS)]


def test_what_is_read_under_other_settings_is_a_change_for_the_days_of_both_readings(tmp_path: Path) -> None:
    trust, folder = trust_with_marks(tmp_path)
    put(folder, "ash", "marks_20251001.csv", HEADER.replace("code", "register mark") + f"{OTHER},2025-10-01,AM,/\n")
    land(trust, folder)
    manifest = released(folder)
    with folder.config.open("a") as config:
        config.write('[school.columns]\n"register mark" = "code"\n')
    land(load_trust(folder.root), folder)
    assert seen(changed_since(folder, manifest)) == [
        # what was refused spoke for no day that is known: any
        ("changed", "marks", "ash", None, None),
        ("changed", "marks", "ash", *DAYS),
    ]


def test_a_decision_about_an_extract_is_a_change(tmp_path: Path) -> None:
    _, folder = trust_with_marks(tmp_path)
    manifest = released(folder)
    (entry,) = entries(folder)
    decide(folder, "refused", entry, ["ash"], "sent by mistake")
    assert seen(changed_since(folder, manifest)) == [("decided", "marks", "ash", *DAYS)]


def test_a_removed_extract_is_a_change_for_the_days_that_it_spoke_for(tmp_path: Path) -> None:
    _, folder = trust_with_marks(tmp_path)
    manifest = released(folder)
    (entry,) = entries(folder)
    moment = dt.datetime(2026, 1, 1)
    kept = entry.model_dump(include={"extract_id", "inbox", "kind", "extension", "sha256", "rows", "size"})
    stone = Tombstone(
        **kept, rows=4, exported_on=moment.date(), first_date=DAYS[0], last_date=DAYS[1], removed_at=moment
    )
    bury(folder, stone)
    assert seen(changed_since(folder, manifest)) == [("removed", "marks", "ash", *DAYS)]


def test_ledger_and_manifest_of_an_earlier_version(tmp_path: Path) -> None:
    _, folder = trust_with_marks(tmp_path)
    manifest = released(folder)
    for path in folder.ledger.glob("*.json"):
        entry = json.loads(path.read_text())
        for share in entry["shares"]:
            del share["first_date"], share["last_date"]
        path.write_text(json.dumps(entry))
    assert changed_since(folder, manifest) == []
    assert seen(changed_since(folder, None)) == [("new", "marks", "ash", *DAYS)], "read from the batch"
    for one in manifest["inputs"]:
        del one["version"], one["first_date"], one["last_date"]
    assert seen(changed_since(folder, manifest)) == [("changed", "marks", "ash", None, None)]


def test_the_days_of_a_batch_are_those_of_its_rows(tmp_path: Path) -> None:
    _, folder = trust_with_marks(tmp_path)
    (entry,) = entries(folder)
    batch = pl.read_parquet(folder.lake / "marks" / "ash" / f"{entry.extract_id}.parquet")
    (share,) = entry.shares
    assert (share.first_date, share.last_date) == (batch["session_date"].min(), batch["session_date"].max()) == DAYS
