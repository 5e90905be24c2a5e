"""The ledger as it is read again and again within a run."""

from pathlib import Path

import pytest

from ingestion import ledger
from ingestion.identity import rotate_secret
from ingestion.landing import stale_readings
from ingestion.ledger import Delivery, digests, entries, forget_entries, keep_entries, write_entry
from tests.unit.ingestion.helpers import HEADER, PERMANENT, land, make_trust, put, school

ROW = f"{PERMANENT},2025-09-04,AM,/\n"


def test_an_entry_that_was_replaced_or_removed_is_not_remembered(tmp_path: Path) -> None:
    trust, folder = make_trust(tmp_path)
    put(folder, "ash", "marks_20251001.csv", HEADER + ROW)
    land(trust, folder)
    (entry,) = entries(folder)
    assert entries(folder)[0] is entry, "a file that is as it was is not read again"
    again = Delivery(
        file_name="marks_20250930.csv", exported_at=entry.first.exported_at, received_at=entry.first.received_at
    )
    write_entry(folder, entry.model_copy(update={"deliveries": [*entry.deliveries, again]}))
    assert len(entries(folder)[0].deliveries) == 2
    (folder.ledger / f"{entry.extract_id}.json").unlink()
    assert entries(folder) == []


def test_stale_readings_are_told_apart_by_inbox(tmp_path: Path) -> None:
    trust, folder = make_trust(tmp_path, school("ash", 900001, "generic"), school("birch", 900002, "generic"))
    put(folder, "ash", "marks_20251001.csv", HEADER + ROW)
    put(folder, "birch", "marks_20251001.csv", HEADER + ROW)
    land(trust, folder)
    assert stale_readings(trust, folder) == {}
    rotate_secret(folder)
    stale = stale_readings(trust, folder)
    assert {inbox: len(found) for inbox, found in stale.items()} == {"ash": 1, "birch": 1}
    land(trust, folder)
    assert stale_readings(trust, folder) == {}


def test_what_was_read_of_the_ledger_is_kept_for_the_next_process(tmp_path: Path) -> None:
    trust, folder = make_trust(tmp_path)
    put(folder, "ash", "marks_20251001.csv", HEADER + ROW)
    put(folder, "ash", "marks_20251002.csv", HEADER + ROW + ROW)
    land(trust, folder)
    found, known = entries(folder), digests(folder)
    keep_entries(folder)
    kept = folder.runs / ".ledger"
    ledger._READ.clear()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Path, "read_bytes", lambda path: pytest.fail(f"{path} was opened"))
        assert (entries(folder), digests(folder)) == (found, known)

    write_entry(folder, found[0].model_copy(update={"kind": "pupils"}))
    ledger._READ.clear()
    assert [entry.kind for entry in entries(folder)] == ["pupils", "marks"], "a file that was replaced is read"

    kept.write_text(kept.read_text()[:-20])
    ledger._READ.clear()
    assert [entry.kind for entry in entries(folder)] == ["pupils", "marks"], "a broken list costs a look"

    keep_entries(folder)
    before = kept.stat().st_mtime_ns
    keep_entries(folder)
    assert kept.stat().st_mtime_ns == before, "nothing changed"
    forget_entries(folder)
    assert not kept.exists()
