"""The ledger: one JSON file per extract that was taken in, lake/ledger/<extract_id>.json.

Belongs here: what is known of an extract as a file. Holds no personal data: file names, counts, reasons, hashes.
"""

import contextlib
import datetime as dt
import hashlib
import os
import re
from pathlib import Path, PurePath

from pydantic import BaseModel, ConfigDict

from ingestion.feeds.profile import conventions
from ingestion.files import write_text_atomically
from ingestion.trust import TrustFolder

_STAMP = "%Y%m%d"
_STAMP_WITH_TIME = "%Y%m%d-%H%M"


class Share(BaseModel):
    """What an extract holds for one school (slug null: rows of no school of the trust).

    first_date, last_date: of the days that its rows name, refused rows with a readable date included; null where the
    kind names no days, and in entries of versions that did not keep them.
    """

    slug: str | None
    rows: int
    refused: int
    first_date: dt.date | None = None
    last_date: dt.date | None = None


class Delivery(BaseModel):
    """One arrival of the same bytes."""

    file_name: str
    exported_at: dt.datetime
    received_at: dt.datetime


class Entry(BaseModel):
    """One extract: the same bytes of the same kind in the same inbox are one extract, however often they come.

    file_name and exported_at are those of the earliest export among its deliveries, so that the order of arrival does
    not matter. problem: why the file as a whole could not be used, without any of its content. fingerprint: of the
    profiles, seeds and settings that it was read with.
    """

    model_config = ConfigDict(extra="forbid")

    extract_id: str
    inbox: str
    kind: str
    extension: str
    sha256: str
    size: int
    layout: str | None
    problem: str | None
    extra_headings: int = 0
    unread_values: dict[str, int] = {}
    unfit_upns: int = 0
    reasons: dict[str, int] = {}
    shares: list[Share] = []
    deliveries: list[Delivery]
    fingerprint: str

    @property
    def first(self) -> Delivery:
        """The delivery that counts: the earliest export, then the file name."""
        return min(self.deliveries, key=lambda delivery: (delivery.exported_at, delivery.file_name))

    @property
    def version(self) -> str:
        """16 hexadecimal characters that change whenever what the warehouse sees of the extract may have: it was read
        again under other profiles or settings, or an earlier export of the same bytes came and changed its place."""
        counts = [self.kind, self.fingerprint, self.first.file_name, self.first.exported_at.isoformat()]
        return hashlib.sha256("|".join(counts).encode()).hexdigest()[:16]

    @property
    def rows(self) -> int:
        """Rows of the file, all schools together."""
        return sum(share.rows for share in self.shares)

    @property
    def refused(self) -> int:
        """Rows refused for themselves alone, all schools together."""
        return sum(share.refused for share in self.shares)


def extract_id(inbox: str, kind: str, sha256: str) -> str:
    """The name of an extract: 16 hexadecimal characters from its inbox, kind and content."""
    return hashlib.sha256(f"{inbox}|{kind}|{sha256}".encode()).hexdigest()[:16]


def read_name(name: str, modified: float) -> tuple[str | None, str, dt.datetime]:
    """Kind (null when the name begins with none), extension and export time that a file's name tells.

    modified: the file's modification time (seconds), which counts without a stamp, or with one that is no date.
    """
    kinds = "|".join(conventions().kinds)
    parts = re.fullmatch(
        rf"({kinds})(?:_(\d{{8}})(?:-(\d{{4}}))?)?(?:_.*)?\.(csv|json|xml|parquet)",
        name,
        re.IGNORECASE | re.ASCII | re.DOTALL,
    )
    if not parts:
        ending = PurePath(name).suffix.lstrip(".").lower()
        return None, ending if re.fullmatch(r"[a-z0-9]{1,10}", ending) else "", _moment(modified)
    kind, day, time, extension = parts.groups()
    try:
        if day and time:
            exported = dt.datetime.strptime(f"{day}-{time}", _STAMP_WITH_TIME)
        else:
            exported = dt.datetime.strptime(day, _STAMP) if day else _moment(modified)
    except ValueError:
        exported = _moment(modified)
    return kind.lower(), extension.lower(), exported


def _moment(seconds: float) -> dt.datetime:
    """A file's time; what no calendar holds counts as the oldest of all."""
    try:
        return dt.datetime.fromtimestamp(seconds).replace(microsecond=0)
    except (ValueError, OverflowError, OSError):
        return dt.datetime(1970, 1, 1)


def read_entry(folder: TrustFolder, identifier: str) -> Entry | None:
    """The ledger's entry for an extract, or null when it was never taken in."""
    path = folder.ledger / f"{identifier}.json"
    return Entry.model_validate_json(path.read_bytes()) if path.is_file() else None


def write_entry(folder: TrustFolder, entry: Entry, renamed: set[Path] | None = None) -> None:
    """Writes the entry; the last step of taking an extract in. renamed: as of `write_atomically`."""
    text = entry.model_dump_json(indent=1)
    write_text_atomically(folder.ledger / f"{entry.extract_id}.json", text, renamed=renamed)


def entries(folder: TrustFolder, inbox: str | None = None) -> list[Entry]:
    """All entries (of one inbox, when given), in the order in which extracts count: export time, then file name.

    A process reads an entry once, and again when its file was replaced.
    """
    found = _every(folder)
    wanted = [entry for entry in found if inbox is None or entry.inbox == inbox]
    return sorted(wanted, key=lambda entry: (entry.first.exported_at, entry.first.file_name, entry.extract_id))


_Seen = tuple[int, int, int]
_READ: dict[str, tuple[_Seen, Entry]] = {}


def _every(folder: TrustFolder) -> list[Entry]:
    found = []
    with contextlib.suppress(FileNotFoundError), os.scandir(folder.ledger) as files:
        for file in files:
            if file.name.endswith(".json"):
                stat = file.stat()
                seen = (stat.st_ino, stat.st_size, stat.st_mtime_ns)
                known = _READ.get(file.path)
                if known is None or known[0] != seen:
                    known = _READ[file.path] = seen, Entry.model_validate_json(Path(file.path).read_bytes())
                found.append(known[1])
    return found
