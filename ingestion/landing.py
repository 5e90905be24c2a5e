"""Taking extracts in: inbox -> archive -> lake, identity, quarantine -> ledger, then the inbox file goes.

Each step writes whole files under their final name or nothing, and the ledger entry comes last, so a crash between any
two steps is healed by the next run, which takes the same file in again with the same result. Small files of an inbox
take the steps together.
"""

import datetime as dt
import hashlib
import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from ingestion.batches import (
    Batch,
    amendments_batches,
    calendar_batches,
    marks_batches,
    pupils_batches,
    year6_batches,
)
from ingestion.conform import Conformed, MissingColumn, choose_layout, conform
from ingestion.feeds.profile import Layout, layouts, layouts_for_several_schools
from ingestion.feeds.reading import RawTable, UnreadableFile, read_file
from ingestion.files import flush_folders, write_private_atomically
from ingestion.fingerprint import fingerprint
from ingestion.identity import key_check, read_secret
from ingestion.inbox import FIXED, Fixed, Left, Tell, inboxes, plain_name, read_whole, take_out, waiting
from ingestion.ledger import Delivery, Entry, Share, entries, extract_id, read_entry, read_name, write_entry
from ingestion.published import KIND as PUBLISHED
from ingestion.published import is_published, read_published, recognise
from ingestion.removal import tombstone
from ingestion.storing import refuse_file, store_rows
from ingestion.trust import TRUST_INBOX, School, Trust, TrustFolder

_NO_KIND = "unknown"
# Of small files so many are judged together, because a step of Polars costs as much as some thousand rows.
_PORTION_OF_BYTES = 8_000_000

__all__ = ["Landed", "inboxes", "land_inbox", "waiting"]


@dataclass(frozen=True)
class Landed:
    """What became of one file: counts and reasons, never content.

    rows: rows of the file; refused: rows refused for themselves alone; repeated: the same bytes had come before;
    problem: why the file as a whole could not be used.
    """

    extract_id: str
    inbox: str
    kind: str
    file_name: str
    rows: int
    refused: int
    problem: str | None
    repeated: bool = False
    reasons: dict[str, int] = field(default_factory=dict)


class _Extract(NamedTuple):
    """An extract that is to be read: its entry as far as it is known, and its bytes."""

    entry: Entry
    content: bytes


class _Arrived(NamedTuple):
    """A file of an inbox, how it stood when it was read, and what is to be read of it or what it was already."""

    path: Path
    seen: os.stat_result
    identifier: str
    size: int
    found: _Extract | Landed


class _Readable(NamedTuple):
    """An extract's cells, and under which layout they are read."""

    entry: Entry
    table: RawTable
    layout: Layout
    places: dict[str, list[int]]


def land_inbox(
    trust: Trust,
    folder: TrustFolder,
    inbox: str,
    progress: Callable[[Landed], None] | None = None,
    files: Sequence[Path] | None = None,
    tell: Tell | None = None,
    stale: Mapping[str, Sequence[Entry]] | None = None,
) -> list[Landed]:
    """Takes in everything that waits in one inbox, and reads again what was read under other profiles or settings.

    files: those to take in, where the caller has looked which are complete. tell: is told of files that stay where they
    are, and why. stale: `stale_readings`, where the caller has asked for all inboxes at once. Safe to call for
    different inboxes at the same time. A file that changes while it is read stays for the next run; one that cannot be
    removed is remembered and not taken in again.
    """
    secret = read_secret(folder)
    name = plain_name(inbox)
    mark = fingerprint(trust, name, key_check(secret))
    landed = []
    for portion in _portions((stale_readings(trust, folder) if stale is None else stale).get(name, ())):
        landed += _take_in(trust, folder, [_again(folder, entry, mark) for entry in portion], secret, set())
    fixed = {}
    arrived: list[_Arrived] = []
    renamed: set[Path] = set()

    def finish() -> None:
        extracts = [one.found for one in arrived if isinstance(one.found, _Extract)]
        done = iter(_take_in(trust, folder, extracts, secret, renamed))
        for one in arrived:
            result = next(done) if isinstance(one.found, _Extract) else one.found
            if not take_out(one.path, one.seen):
                fixed[one.path] = one.seen
                if tell:
                    tell(Left(name, plain_name(one.path.name), FIXED))
            landed.append(result)
            if progress:
                progress(result)
        arrived.clear()

    for path in waiting(folder, inbox, tell) if files is None else files:
        whole = read_whole(path, inbox, tell)
        if whole is None:
            continue
        content, seen = whole
        extract = _extract(name, path, content, seen.st_mtime, mark)
        if any(one.identifier == extract.entry.extract_id for one in arrived):
            finish()  # the same bytes under another name: to be known when they come again
        arrived.append(_Arrived(path, seen, extract.entry.extract_id, len(content), _archive(folder, extract, renamed)))
        if sum(one.size for one in arrived) >= _PORTION_OF_BYTES:
            finish()
    finish()
    if fixed:
        Fixed(folder, inbox).remember(fixed)
    return landed


def _portions(entries: Iterable[Entry]) -> Iterator[list[Entry]]:
    """The entries in portions whose extracts are read together."""
    portion: list[Entry] = []
    for entry in entries:
        portion.append(entry)
        if sum(one.size for one in portion) >= _PORTION_OF_BYTES:
            yield portion
            portion = []
    if portion:
        yield portion


def stale_readings(trust: Trust, folder: TrustFolder) -> dict[str, list[Entry]]:
    """Per inbox, what in the lake was read under other profiles, settings or another secret than there are now."""
    key = key_check(read_secret(folder))
    marks: dict[str, str] = {}
    found: dict[str, list[Entry]] = {}
    for entry in entries(folder):
        if entry.inbox not in marks:
            marks[entry.inbox] = fingerprint(trust, entry.inbox, key)
        if entry.fingerprint != marks[entry.inbox]:
            found.setdefault(entry.inbox, []).append(entry)
    return found


def has_stale_reading(trust: Trust, folder: TrustFolder) -> bool:
    """True when something in the lake is to be read again, or came from an inbox that is not there any more."""
    there = set(map(plain_name, inboxes(folder, trust)))
    return bool(stale_readings(trust, folder)) or any(entry.inbox not in there for entry in entries(folder))


def _extract(inbox: str, path: Path, content: bytes, modified: float, mark: str) -> _Extract:
    """A file of an inbox as an extract of which no more is known than its name and bytes."""
    name = plain_name(path.name)
    kind, extension, exported = read_name(name, modified)
    if kind is None and inbox == TRUST_INBOX and is_published(content, extension):
        kind = PUBLISHED
    sha256 = hashlib.sha256(content).hexdigest()
    received = dt.datetime.now().replace(microsecond=0)
    entry = Entry(
        extract_id=extract_id(inbox, kind or _NO_KIND, sha256),
        inbox=inbox,
        kind=kind or _NO_KIND,
        extension=extension,
        sha256=sha256,
        size=len(content),
        layout=None,
        problem=None,
        deliveries=[Delivery(file_name=name, exported_at=exported, received_at=received)],
        fingerprint=mark,
    )
    return _Extract(entry, content)


def _archive(folder: TrustFolder, extract: _Extract, renamed: set[Path]) -> _Extract | Landed:
    """Keeps the bytes of an extract that has to be read; one that came before, or was removed, is done with that."""
    entry, delivery = extract.entry, extract.entry.first
    gone = tombstone(folder, entry.extract_id)
    if gone is not None:
        removed = f"it was removed on {gone.removed_at:%d/%m/%Y} because its time was over, and is not taken in again"
        return Landed(entry.extract_id, entry.inbox, gone.kind, delivery.file_name, 0, 0, removed)
    known = read_entry(folder, entry.extract_id)
    if known is not None:
        come = {(one.file_name, one.exported_at) for one in known.deliveries}
        if (delivery.file_name, delivery.exported_at) not in come:
            write_entry(folder, known.model_copy(update={"deliveries": [*known.deliveries, delivery]}))
        return Landed(
            entry.extract_id,
            entry.inbox,
            known.kind,
            delivery.file_name,
            known.rows,
            known.refused,
            known.problem,
            repeated=True,
        )
    archived = _archived(folder, entry.inbox, entry.sha256, entry.extension)
    write_private_atomically(archived, extract.content, read_only=True, renamed=renamed)
    return extract


def _again(folder: TrustFolder, entry: Entry, mark: str) -> _Extract:
    """An archived extract that is to be read again; what was read of it before goes."""
    for batch in folder.lake.glob(f"*/*/{entry.extract_id}.parquet"):
        batch.unlink()
    content = _archived(folder, entry.inbox, entry.sha256, entry.extension).read_bytes()
    return _Extract(entry.model_copy(update={"fingerprint": mark}), content)


def _take_in(
    trust: Trust, folder: TrustFolder, extracts: Sequence[_Extract], secret: bytes, renamed: set[Path]
) -> list[Landed]:
    """Reads, judges and stores archived extracts of one inbox, then enters them in the ledger.

    Those of one kind that are headed the same are judged together. renamed: the archive's folders to flush before that.
    """
    done: dict[int, Entry] = {}
    alike: dict[tuple[str, ...], list[tuple[int, _Readable]]] = {}
    for place, extract in enumerate(extracts):
        found = _read(trust, folder, extract, renamed)
        if isinstance(found, Entry):
            done[place] = found
        else:
            alike.setdefault((found.entry.kind, *found.table.headings), []).append((place, found))
    for together in alike.values():
        readable = [found for _, found in together]
        conformed = conform([found.table for found in readable], readable[0].layout, readable[0].places)
        batches = _judged(trust, readable[0].entry, conformed, secret)
        for (place, found), alone, batch in zip(together, conformed.each(), batches, strict=True):
            done[place] = store_rows(folder, found.entry, alone, batch, renamed)
    flush_folders(renamed)
    for place in range(len(extracts)):
        write_entry(folder, done[place], renamed)
    flush_folders(renamed)
    return [_landed(done[place]) for place in range(len(extracts))]


def _read(trust: Trust, folder: TrustFolder, extract: _Extract, renamed: set[Path]) -> _Readable | Entry:
    """The cells of an extract and where its columns are; of one that is not judged by rows, its finished entry."""
    entry = extract.entry
    own = _own(trust, entry)
    table: RawTable | None = None
    try:
        if own is None and entry.inbox != TRUST_INBOX:
            problem = f"trust.toml has no school for the folder inbox/{entry.inbox}"
            return refuse_file(folder, entry, "unknown_school", problem, [1], renamed)
        if entry.kind == _NO_KIND:
            raise UnreadableFile("its name does not begin with a kind of extract and end in csv, json, xml or parquet")
        if entry.kind == PUBLISHED and own is None:
            return _take_in_published(folder, extract, renamed)
        candidates = layouts(own.mis, entry.kind) if own else layouts_for_several_schools(entry.kind)
        if not candidates and own:
            kept = {"layout": "kept as sent", "shares": [Share(slug=own.slug, rows=0, refused=0)]}
            return entry.model_copy(update=kept)
        if not candidates:
            raise UnreadableFile(f"a {entry.kind} file speaks for one school; put it into that school's inbox")
        under = next((layout.records_under for layout in candidates if layout.records_under), None)
        table = read_file(extract.content, entry.extension, under)
        return _Readable(entry, table, *choose_layout(table, candidates, own.columns if own else {}))
    except UnreadableFile as error:
        return refuse_file(folder, entry, "unreadable_file", str(error), [1], renamed)
    except MissingColumn as error:
        lines = table.frame["source_row"].to_list() if table else []
        return refuse_file(folder, entry, "missing_column", str(error), lines or [1], renamed, table)


def _own(trust: Trust, entry: Entry) -> School | None:
    """The school whose inbox an extract came to; null for the trust's inbox and for a stranger's."""
    return next((school for school in trust.schools if school.slug == entry.inbox), None)


def _judged(trust: Trust, entry: Entry, conformed: Conformed, secret: bytes) -> list[Batch]:
    """The batch of each of several extracts of the kind and inbox of `entry`."""
    own = _own(trust, entry)
    slug = own.slug if own else None
    if entry.kind == "marks":
        slugs = {school.name.lower(): school.slug for school in trust.schools}
        return marks_batches(conformed, slugs, slug, secret)
    if entry.kind == "calendar":
        return calendar_batches(conformed, slug)
    judge = {"pupils": pupils_batches, "year6": year6_batches, "amendments": amendments_batches}[entry.kind]
    return judge(conformed, slug, secret)


def _take_in_published(folder: TrustFolder, extract: _Extract, renamed: set[Path]) -> Entry:
    """Reads and stores a file that DfE publishes. Raises UnreadableFile where it is none after all."""
    entry = extract.entry
    table = read_file(extract.content, entry.extension)
    layout = recognise(table.headings)
    if layout is None:
        raise UnreadableFile("its headings are those of none of DfE's files that Rollcall reads")
    conformed, batch = read_published(table, layout, entry.first.file_name, entry.first.exported_at.date())
    return store_rows(folder, entry, conformed, batch, renamed)


def _landed(entry: Entry) -> Landed:
    return Landed(
        entry.extract_id,
        entry.inbox,
        entry.kind,
        entry.first.file_name,
        entry.rows,
        entry.refused,
        entry.problem,
        reasons=entry.reasons,
    )


def _archived(folder: TrustFolder, inbox: str, sha256: str, extension: str) -> Path:
    return folder.archive / inbox / (f"{sha256}.{extension}" if extension.isalnum() else sha256)
