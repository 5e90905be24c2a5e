"""The record of hidden figures that a run takes up: the newest release's that has one, published now or not."""

from pathlib import Path

from dashboards.disclosed import RECORD
from ingestion.trust import TrustFolder
from orchestration.previous import newest_record


def test_the_newest_release_with_a_record_counts(tmp_path: Path) -> None:
    folder = TrustFolder(tmp_path)
    assert newest_record(folder) is None
    for name, has_record in (("20261111-1", True), ("20261112-1", True), ("20261113-1", False)):
        record = folder.releases / name / RECORD
        record.parent.mkdir(parents=True)
        if has_record:
            record.touch()
    # A rollback moves published/current alone, so it changes nothing here; an unfinished release is none.
    (folder.releases / "20261114-1.partial" / RECORD.parent).mkdir(parents=True)
    (folder.releases / "20261114-1.partial" / RECORD).touch()
    assert newest_record(folder) == folder.releases / "20261112-1" / RECORD
