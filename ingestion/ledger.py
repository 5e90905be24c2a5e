"""The ledger: one JSON file per extract that was taken in, lake/ledger/<extract_id>.json.

Belongs here: what is known of an extract as a file. Holds no personal data: file names, counts, reasons, hashes.
"""

import contextlib
import datetime as dt
import hashlib
import json
import os
import re
from dataclasses import dataclass
from functools import cached_property
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
    found = sorted((read.entry for read in _every(folder).values()), key=lambda placed: placed[0])
    return [entry for _, entry in found if inbox is None or entry.inbox == inbox]


def digests(folder: TrustFolder) -> dict[str, str]:
    """File name -> sha256 of every entry's file, by name."""
    return {name: read.digest for name, read in sorted(_every(folder).items())}


def keep_entries(folder: TrustFolder) -> None:
    """Keeps what was read of the ledger in one file, so that the next run need not open thousands.

    It is believed of an entry's file that is still the same by inode, size and time.
    """
    known = _every(folder)
    if _KEPT.get(str(folder.ledger)) != known:
        lines = [json.dumps([name, *read.seen, read.digest, read.text]) for name, read in known.items()]
        write_text_atomically(_kept(folder), "\n".join(lines))
        _KEPT[str(folder.ledger)] = known


def forget_entries(folder: TrustFolder) -> None:
    """Drops what `keep_entries` kept."""
    _kept(folder).unlink(missing_ok=True)
    _KEPT.pop(str(folder.ledger), None)


def _kept(folder: TrustFolder) -> Path:
    return folder.runs / ".ledger"


_Seen = tuple[int, int, int]
_Placed = tuple[tuple[dt.datetime, str, str], Entry]


@dataclass
class _Read:
    """The file of an entry as it was read: how it stood, its digest, its text, and the entry once it is asked for."""

    seen: _Seen
    digest: str
    text: str

    @cached_property
    def entry(self) -> _Placed:
        """The entry behind its place in the order in which extracts count."""
        found = Entry.model_validate_json(self.text)
        return (found.first.exported_at, found.first.file_name, found.extract_id), found


# What this process knows, and what it knows to be kept, by ledger.
_READ: dict[str, dict[str, _Read]] = {}
_KEPT: dict[str, dict[str, _Read]] = {}


def _every(folder: TrustFolder) -> dict[str, _Read]:
    """Every entry's file by name."""
    place = str(folder.ledger)
    if place not in _READ:
        _READ[place] = _KEPT[place] = _read_kept(folder)
    known, found = _READ[place], {}
    with contextlib.suppress(FileNotFoundError), os.scandir(folder.ledger) as files:
        for file in files:
            if file.name.endswith(".json"):
                stat = file.stat()
                seen = (stat.st_ino, stat.st_size, stat.st_mtime_ns)
                read = known.get(file.name)
                if read is None or read.seen != seen:
                    content = Path(file.path).read_bytes()
                    read = _Read(seen, hashlib.sha256(content).hexdigest(), content.decode())
                found[file.name] = read
    _READ[place] = found
    return found


def _read_kept(folder: TrustFolder) -> dict[str, _Read]:
    try:
        lines = _kept(folder).read_text(encoding="utf-8").splitlines()
        return {
            name: _Read((inode, size, changed), digest, text)
            for name, inode, size, changed, digest, text in map(json.loads, lines)
        }
    except (OSError, ValueError):
        return {}  # none yet, or a broken one: the files themselves are read
