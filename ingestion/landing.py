"""Taking extracts in: inbox -> archive -> lake, identity, quarantine -> ledger, then the inbox file goes.

Each step writes whole files under their final name or nothing, and the ledger entry comes last, so a crash between any
two steps is healed by the next run, which takes the same file in again with the same result.
"""

import datetime as dt
import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import polars as pl

from ingestion.batches import (
    Batch,
    amendments_batch,
    calendar_batch,
    marks_batch,
    pupils_batch,
    refused_rows,
    year6_batch,
)
from ingestion.conform import Conformed, MissingColumn, choose_layout, conform
from ingestion.feeds.profile import layouts, layouts_for_several_schools
from ingestion.feeds.reading import RawTable, UnreadableFile, read_file
from ingestion.files import write_parquet_atomically, write_private_atomically
from ingestion.fingerprint import fingerprint
from ingestion.identity import key_check, read_secret, store_documents, store_identities
from ingestion.inbox import FIXED, Fixed, Left, Tell, inboxes, plain_name, read_whole, take_out, waiting
from ingestion.lake import DAYS, SCHEMAS, batch_file
from ingestion.ledger import Delivery, Entry, Share, entries, extract_id, read_entry, read_name, write_entry
from ingestion.published import KIND as PUBLISHED
from ingestion.published import is_published, read_published, recognise
from ingestion.quarantine import store_refused
from ingestion.removal import tombstone
from ingestion.trust import TRUST_INBOX, Trust, TrustFolder

_NO_KIND = "unknown"

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
    for entry in (stale_readings(trust, folder) if stale is None else stale).get(name, ()):
        for batch in folder.lake.glob(f"*/*/{entry.extract_id}.parquet"):
            batch.unlink()
        content = _archived(folder, entry.inbox, entry.sha256, entry.extension).read_bytes()
        landed.append(_take_in(trust, folder, content, entry.model_copy(update={"fingerprint": mark}), secret))
    fixed = {}
    for path in waiting(folder, inbox, tell) if files is None else files:
        whole = read_whole(path, inbox, tell)
        if whole is None:
            continue
        content, seen = whole
        result = _land_file(trust, folder, name, path, content, seen.st_mtime, secret, mark)
        if not take_out(path, seen):
            fixed[path] = seen
            if tell:
                tell(Left(name, plain_name(path.name), FIXED))
        landed.append(result)
        if progress:
            progress(result)
    if fixed:
        Fixed(folder, inbox).remember(fixed)
    return landed


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


def _land_file(
    trust: Trust,
    folder: TrustFolder,
    inbox: str,
    path: Path,
    content: bytes,
    modified: float,
    secret: bytes,
    mark: str,
) -> Landed:
    name = plain_name(path.name)
    kind, extension, exported = read_name(name, modified)
    if kind is None and inbox == TRUST_INBOX and is_published(content, extension):
        kind = PUBLISHED
    sha256 = hashlib.sha256(content).hexdigest()
    delivery = Delivery(file_name=name, exported_at=exported, received_at=dt.datetime.now().replace(microsecond=0))
    identifier = extract_id(inbox, kind or _NO_KIND, sha256)
    gone = tombstone(folder, identifier)
    if gone is not None:
        removed = f"it was removed on {gone.removed_at:%d/%m/%Y} because its time was over, and is not taken in again"
        return Landed(identifier, inbox, gone.kind, name, 0, 0, removed)
    known = read_entry(folder, identifier)
    if known is not None:
        if all((d.file_name, d.exported_at) != (name, exported) for d in known.deliveries):
            write_entry(folder, known.model_copy(update={"deliveries": [*known.deliveries, delivery]}))
        return Landed(identifier, inbox, known.kind, name, known.rows, known.refused, known.problem, repeated=True)
    write_private_atomically(_archived(folder, inbox, sha256, extension), content, read_only=True)
    entry = Entry(
        extract_id=identifier,
        inbox=inbox,
        kind=kind or _NO_KIND,
        extension=extension,
        sha256=sha256,
        size=len(content),
        layout=None,
        problem=None,
        deliveries=[delivery],
        fingerprint=mark,
    )
    return _take_in(trust, folder, content, entry, secret)


def _take_in(trust: Trust, folder: TrustFolder, content: bytes, entry: Entry, secret: bytes) -> Landed:
    """Reads, judges and stores one archived extract, then enters it in the ledger."""
    own = next((school for school in trust.schools if school.slug == entry.inbox), None)
    table: RawTable | None = None
    try:
        if own is None and entry.inbox != TRUST_INBOX:
            return _refuse(
                folder, entry, "unknown_school", f"trust.toml has no school for the folder inbox/{entry.inbox}", [1]
            )
        if entry.kind == _NO_KIND:
            raise UnreadableFile("its name does not begin with a kind of extract and end in csv, json, xml or parquet")
        if entry.kind == PUBLISHED and own is None:
            return _take_in_published(folder, content, entry)
        candidates = layouts(own.mis, entry.kind) if own else layouts_for_several_schools(entry.kind)
        if not candidates and own:
            kept = {"layout": "kept as sent", "shares": [Share(slug=own.slug, rows=0, refused=0)]}
            write_entry(folder, entry.model_copy(update=kept))
            return Landed(entry.extract_id, entry.inbox, entry.kind, entry.first.file_name, 0, 0, None)
        if not candidates:
            raise UnreadableFile(f"a {entry.kind} file speaks for one school; put it into that school's inbox")
        under = next((layout.records_under for layout in candidates if layout.records_under), None)
        table = read_file(content, entry.extension, under)
        layout, places = choose_layout(table, candidates, own.columns if own else {})
    except UnreadableFile as error:
        return _refuse(folder, entry, "unreadable_file", str(error), [1])
    except MissingColumn as error:
        lines = table.frame["source_row"].to_list() if table else []
        return _refuse(folder, entry, "missing_column", str(error), lines or [1], table)
    conformed = conform(table, layout, places)
    slugs = {school.name.lower(): school.slug for school in trust.schools}
    slug = own.slug if own else None
    if entry.kind == "marks":
        batch = marks_batch(conformed, slugs, slug, secret)
    elif entry.kind == "pupils":
        batch = pupils_batch(conformed, slug, secret)
    elif entry.kind == "year6":
        batch = year6_batch(conformed, slug, secret)
    elif entry.kind == "amendments":
        batch = amendments_batch(conformed, slug, secret)
    else:
        batch = calendar_batch(conformed, slug)
    return _store(folder, entry, conformed, batch)


def _take_in_published(folder: TrustFolder, content: bytes, entry: Entry) -> Landed:
    """Reads and stores a file that DfE publishes. Raises UnreadableFile where it is none after all."""
    table = read_file(content, entry.extension)
    layout = recognise(table.headings)
    if layout is None:
        raise UnreadableFile("its headings are those of none of DfE's files that Rollcall reads")
    conformed, batch = read_published(table, layout, entry.first.file_name, entry.first.exported_at.date())
    return _store(folder, entry, conformed, batch)


def _store(folder: TrustFolder, entry: Entry, conformed: Conformed, batch: Batch) -> Landed:
    rows = batch.rows.with_columns(extract_id=pl.lit(entry.extract_id)).select(list(SCHEMAS[entry.kind]))
    judged = rows.with_columns(batch.reason.alias("reason"))
    shares = []
    for school, part in _by_school(judged):
        target = batch_file(folder, entry.kind, school, entry.extract_id)
        write_parquet_atomically(part.select(list(SCHEMAS[entry.kind])), target)
        # of a published file a row has many figures
        number = part["row_id"].n_unique() if entry.kind == PUBLISHED else part.height
        first, last = _days(entry.kind, part)
        shares.append(Share(slug=school, rows=number, refused=part["reason"].count(), first_date=first, last_date=last))
    if not shares:
        shares = [Share(slug=None if entry.inbox == TRUST_INBOX else entry.inbox, rows=0, refused=0)]
    if not batch.people.is_empty():
        store_identities(folder, entry.inbox, entry.extract_id, batch.people)
    if not batch.documents.is_empty():
        store_documents(folder, entry.inbox, entry.extract_id, batch.documents)
    bad = judged.select("row_id", "source_row", "reason").drop_nulls("reason")
    store_refused(folder, entry.inbox, entry.extract_id, conformed.raw_rows(bad))
    counts = dict(sorted(bad["reason"].value_counts().iter_rows()))
    write_entry(
        folder,
        entry.model_copy(
            update={
                "layout": conformed.layout.layout,
                "problem": None,
                "extra_headings": len(conformed.extras),
                "unread_values": batch.unread_values,
                "unfit_upns": batch.unfit_upns,
                "reasons": counts,
                "shares": shares,
            }
        ),
    )
    return Landed(
        entry.extract_id,
        entry.inbox,
        entry.kind,
        entry.first.file_name,
        sum(share.rows for share in shares),
        bad.height,
        None,
        reasons=counts,
    )


def _by_school(rows: pl.DataFrame) -> list[tuple[str | None, pl.DataFrame]]:
    """The rows of each school, in the order of the file (null: of none); those of one school are not copied."""
    slugs = rows["slug"].unique(maintain_order=True).to_list()
    if len(slugs) == 1:
        return [(slugs[0], rows)]
    return [(slug, rows.filter(pl.col("slug").eq_missing(pl.lit(slug, dtype=pl.String)))) for slug in slugs]


def _days(kind: str, part: pl.DataFrame) -> tuple[dt.date | None, dt.date | None]:
    if kind not in DAYS:
        return None, None
    return part.select(first=pl.col(DAYS[kind]).min(), last=pl.col(DAYS[kind]).max()).row(0)


def _refuse(
    folder: TrustFolder, entry: Entry, reason: str, problem: str, lines: list[int], table: RawTable | None = None
) -> Landed:
    """A file that cannot be used as a whole: each of its lines is refused, the bytes stay in the archive."""
    own = None if entry.inbox == TRUST_INBOX else entry.inbox
    rows = refused_rows(own, entry.kind, reason, lines).with_columns(extract_id=pl.lit(entry.extract_id))
    write_parquet_atomically(
        rows.select(list(SCHEMAS["refused"])), folder.lake / "refused" / entry.inbox / f"{entry.extract_id}.parquet"
    )
    if table is not None and not table.frame.is_empty():
        text = [json.dumps(list(cells[1:]), ensure_ascii=False) for cells in table.frame.iter_rows()]
        kept = rows.select("row_id", "source_row").with_columns(pl.Series("row", text, dtype=pl.String))
        store_refused(folder, entry.inbox, entry.extract_id, kept)
    share = Share(slug=own, rows=rows.height, refused=rows.height)
    counts = {reason: rows.height}
    write_entry(
        folder,
        entry.model_copy(update={"problem": problem, "layout": None, "reasons": counts, "shares": [share]}),
    )
    return Landed(
        entry.extract_id,
        entry.inbox,
        entry.kind,
        entry.first.file_name,
        rows.height,
        rows.height,
        problem,
        reasons=counts,
    )


def _archived(folder: TrustFolder, inbox: str, sha256: str, extension: str) -> Path:
    return folder.archive / inbox / (f"{sha256}.{extension}" if extension.isalnum() else sha256)
