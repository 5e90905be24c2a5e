"""Lays what was read of an extract where it belongs: lake, identity store and quarantine.

Files are whole under their final name or not there. Belongs here: which file holds what of an extract. Does not belong
here: what is read of a file (feeds/), what is wrong with a row (batches.py), the order of steps (landing.py).
"""

import datetime as dt
import json
from pathlib import Path
from typing import cast

import polars as pl

from ingestion.batches import Batch, refused_rows
from ingestion.conform import Conformed
from ingestion.feeds.reading import RawTable
from ingestion.files import write_parquet_atomically
from ingestion.identity import store_documents, store_identities
from ingestion.lake import DAYS, SCHEMAS, batch_file
from ingestion.ledger import Entry, Share
from ingestion.published import KIND as PUBLISHED
from ingestion.quarantine import store_refused
from ingestion.trust import TRUST_INBOX, TrustFolder


def store_rows(folder: TrustFolder, entry: Entry, conformed: Conformed, batch: Batch, renamed: set[Path]) -> Entry:
    """Lay one extract's rows into the lake, its people into the identity store, its refused rows into quarantine.

    conformed: the extract as it was read; batch: what was judged of it. renamed: gets the folders that are to be
    flushed before the ledger may speak of the extract. Returns its finished entry.
    """
    columns = list(SCHEMAS[entry.kind])
    judged = batch.rows.with_columns(extract_id=pl.lit(entry.extract_id), reason=batch.reason)
    shares = []
    for school, part in _by_school(judged):
        target = batch_file(folder, entry.kind, school, entry.extract_id)
        write_parquet_atomically(part.select(columns), target, renamed=renamed)
        # of a published file a row has many figures
        number = part["row_id"].n_unique() if entry.kind == PUBLISHED else part.height
        first, last = _days(entry.kind, part)
        shares.append(Share(slug=school, rows=number, refused=part["reason"].count(), first_date=first, last_date=last))
    if not shares:
        shares = [Share(slug=None if entry.inbox == TRUST_INBOX else entry.inbox, rows=0, refused=0)]
    if not batch.people.is_empty():
        store_identities(folder, entry.inbox, entry.extract_id, batch.people, renamed)
    if not batch.documents.is_empty():
        store_documents(folder, entry.inbox, entry.extract_id, batch.documents, renamed)
    bad = judged.select("row_id", "source_row", "reason").drop_nulls("reason")
    refused = bad if bad.is_empty() else conformed.raw_rows(bad)
    store_refused(folder, entry.inbox, entry.extract_id, refused, renamed)
    return entry.model_copy(
        update={
            "layout": conformed.layout.layout,
            "problem": None,
            "extra_headings": len(conformed.extras),
            "unread_values": batch.unread_values,
            "unfit_upns": batch.unfit_upns,
            "reasons": dict(sorted(bad["reason"].value_counts().iter_rows())) if bad.height else {},
            "shares": shares,
        }
    )


def refuse_file(
    folder: TrustFolder,
    entry: Entry,
    reason: str,
    problem: str,
    lines: list[int],
    renamed: set[Path],
    table: RawTable | None = None,
) -> Entry:
    """Refuse a file that cannot be used as a whole: each of its lines, for one reason; its bytes stay in the archive.

    problem: the sentence to show; lines: of the file; table: its cells, where they could be read, for those who mend
    it. renamed: as for store_rows. Returns the file's finished entry.
    """
    own = None if entry.inbox == TRUST_INBOX else entry.inbox
    rows = refused_rows(own, entry.kind, reason, lines).with_columns(extract_id=pl.lit(entry.extract_id))
    target = folder.lake / "refused" / entry.inbox / f"{entry.extract_id}.parquet"
    write_parquet_atomically(rows.select(list(SCHEMAS["refused"])), target, renamed=renamed)
    if table is not None and not table.frame.is_empty():
        text = [json.dumps(list(cells[1:]), ensure_ascii=False) for cells in table.frame.iter_rows()]
        kept = rows.select("row_id", "source_row").with_columns(pl.Series("row", text, dtype=pl.String))
        store_refused(folder, entry.inbox, entry.extract_id, kept, renamed)
    share = Share(slug=own, rows=rows.height, refused=rows.height)
    reasons = {reason: rows.height}
    return entry.model_copy(update={"problem": problem, "layout": None, "reasons": reasons, "shares": [share]})


def _by_school(rows: pl.DataFrame) -> list[tuple[str | None, pl.DataFrame]]:
    """The rows of each school, in the order of the file (null: of none); those of one school are not copied."""
    slugs = rows["slug"].unique(maintain_order=True).to_list()
    if len(slugs) == 1:
        return [(slugs[0], rows)]
    return [(slug, rows.filter(pl.col("slug").eq_missing(pl.lit(slug, dtype=pl.String)))) for slug in slugs]


def _days(kind: str, part: pl.DataFrame) -> tuple[dt.date | None, dt.date | None]:
    if kind not in DAYS:
        return None, None
    return cast(dt.date | None, part[DAYS[kind]].min()), cast(dt.date | None, part[DAYS[kind]].max())
