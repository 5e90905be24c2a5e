"""The ledger as it is read again and again within a run."""

from pathlib import Path

from ingestion.identity import rotate_secret
from ingestion.landing import stale_readings
from ingestion.ledger import Delivery, entries, write_entry
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
