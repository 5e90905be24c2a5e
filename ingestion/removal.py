"""Removing extracts whose time is over, so that nothing of them comes back.

Belongs here: tombstones, and taking one extract out of lake, quarantine, identity store, archive and ledger. Does not
belong here: which extracts may go (orchestration/retention.py).
"""

import datetime as dt
import json
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from ingestion.files import write_text_atomically
from ingestion.identity import DOCUMENTS
from ingestion.ledger import Entry, forget_entries
from ingestion.trust import TrustFolder

_TOMBSTONES = "removed"


class Tombstone(BaseModel):
    """What stays of a removed extract, lake/ledger/removed/<extract_id>.json: enough to know its bytes again, and no
    personal data."""

    model_config = ConfigDict(extra="forbid")

    extract_id: str
    inbox: str
    kind: str
    extension: str
    sha256: str
    exported_on: dt.date
    first_date: dt.date | None
    last_date: dt.date | None
    rows: int
    size: int
    removed_at: dt.datetime


def tombstone(folder: TrustFolder, extract_id: str) -> Tombstone | None:
    """The tombstone of an extract, or null when it was never removed."""
    path = folder.ledger / _TOMBSTONES / f"{extract_id}.json"
    return Tombstone.model_validate(json.loads(path.read_text(encoding="utf-8"))) if path.is_file() else None


def bury(folder: TrustFolder, stone: Tombstone) -> None:
    """Removes one extract: first the tombstone is set, then everything about it goes, the archived bytes last.

    May be called again after a crash with the same end.
    """
    path = folder.ledger / _TOMBSTONES / f"{stone.extract_id}.json"
    write_text_atomically(path, stone.model_dump_json(indent=1))
    for found in files_of(folder, stone.extract_id):
        found.unlink(missing_ok=True)
    forget_entries(folder)
    (folder.ledger / f"{stone.extract_id}.json").unlink(missing_ok=True)
    others = [
        Entry.model_validate(json.loads(entry.read_text(encoding="utf-8"))) for entry in folder.ledger.glob("*.json")
    ]
    # The same bytes may have come as another kind, whose time is not over.
    if all((other.inbox, other.sha256) != (stone.inbox, stone.sha256) for other in others):
        archived = folder.archive / stone.inbox
        for found in (archived / stone.sha256, *archived.glob(f"{stone.sha256}.*")):
            found.unlink(missing_ok=True)


def files_of(folder: TrustFolder, extract_id: str) -> list[Path]:
    """The files about one extract in lake, quarantine and identity store."""
    name = f"{extract_id}.parquet"
    return [
        *folder.lake.glob(f"*/*/{name}"),
        *folder.quarantine.glob(f"*/{name}"),
        *folder.identity.glob(f"*/{name}"),
        *folder.identity.glob(f"*/{DOCUMENTS}/{name}"),
    ]
