"""What a process that was killed leaves half made: temporary files, and batches that the ledger does not know.

A batch without its ledger entry is of an extract that still waits in the inbox, or was withdrawn from it before it
counted: its bytes stay in the archive, and it is laid into the lake again if it is taken in again.
"""

import os
import re
from collections.abc import Iterator
from pathlib import Path

from ingestion.trust import TrustFolder

_TEMPORARY = re.compile(r"\..*\.tmp", re.DOTALL)
_BATCH = re.compile(r"([0-9a-f]{16})\.parquet")


def clear_leftovers(folder: TrustFolder) -> int:
    """Deletes them and returns how many there were. Call under the trust's lock, with nothing under way."""
    known = {path.stem for path in folder.ledger.glob("*.json")}
    cleared = 0
    for top in (folder.archive, folder.identity, folder.quarantine, folder.lake, folder.runs):
        for parent, name in _files(top, skip=str(folder.runs / "work")):
            batch = _BATCH.fullmatch(name) if top in (folder.lake, folder.quarantine) else None
            if _TEMPORARY.fullmatch(name) or (batch and batch[1] not in known):
                Path(parent, name).unlink(missing_ok=True)
                cleared += 1
    return cleared


def _files(top: Path, skip: str) -> Iterator[tuple[str, str]]:
    for parent, folders, names in os.walk(top):
        folders[:] = [name for name in folders if os.path.join(parent, name) != skip]
        for name in names:
            yield parent, name
