"""What changed since a release: which extracts came, went, were read anew or were decided about.

Belongs here: comparing the ledger with the extracts that a release's manifest lists as its inputs. Does not belong
here: what has to be built again because of it.
"""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Literal, NamedTuple

import polars as pl

from ingestion.decisions import decisions
from ingestion.lake import DAYS, batch_file
from ingestion.ledger import Entry, entries
from ingestion.trust import TrustFolder

REFUSED = "refused"
Why = Literal["new", "changed", "decided", "removed"]
_Key = tuple[str, str | None]
_Days = tuple[dt.date | None, dt.date | None]
_ANY_DAY: _Days = (None, None)


class Change(NamedTuple):
    """An extract that a release does not speak for as it is now, for one school.

    kind: `refused` for a file that could not be used as a whole, which speaks for no day. school: slug, null for rows
    of no school of the trust and for what is the whole trust's. first_date, last_date: of the days that its rows name,
    before and now; null where it may speak for any day (of pupils and year6 always). why: new; changed (read under
    other profiles or settings, or an earlier export of the same bytes came); decided (accepted or refused, or no longer
    so); removed (its time is over).
    """

    kind: str
    school: str | None
    first_date: dt.date | None
    last_date: dt.date | None
    extract_id: str
    why: Why


def changed_since(folder: TrustFolder, manifest: Mapping[str, Any] | None) -> list[Change]:
    """Every change since the release of `manifest`, in order of extract and school; without one, every extract is new.

    Of a manifest of a version that did not keep how extracts were read, every extract counts as changed.
    """
    inputs = manifest.get("inputs", []) if manifest else []
    verdicts = {(one.extract_id, one.slug): one.decision for one in decisions(folder)}
    return [_with_days(folder, change) for change in compare(entries(folder), inputs, verdicts)]


def compare(
    found: Sequence[Entry], inputs: Iterable[Mapping[str, Any]], verdicts: Mapping[tuple[str, str], str]
) -> list[Change]:
    """The changes from a manifest's `inputs` to the ledger's entries; `verdicts` are the decisions now, by extract and
    school."""
    before: dict[_Key, Mapping[str, Any]] = {(one["extract_id"], one["school"]): one for one in inputs}
    changes = []
    there: set[_Key] = set()
    for entry in found:
        kind = REFUSED if entry.problem is not None else entry.kind
        for share in entry.shares:
            key = (entry.extract_id, share.slug)
            there.add(key)
            days: _Days = (share.first_date, share.last_date)
            known = before.get(key)
            why: Why | None = None
            if known is None:
                why = "new"
            elif known.get("version") != entry.version:
                # What it said before has to go too: also where nothing of it can be used any more.
                why, kind, days = "changed", entry.kind, _around(_days_of(known), days)
            elif known["decision"] != verdicts.get((entry.extract_id, share.slug or "")):
                why = "decided"
            if why:
                changes.append(Change(kind, share.slug, *days, entry.extract_id, why))
    for key, known in before.items():
        if key not in there:
            changes.append(Change(known["kind"], key[1], *_days_of(known), key[0], "removed"))
    return sorted(changes, key=lambda change: (change.extract_id, change.school or ""))


def _days_of(known: Mapping[str, Any]) -> _Days:
    first, last = known.get("first_date"), known.get("last_date")
    return (dt.date.fromisoformat(first), dt.date.fromisoformat(last)) if first and last else _ANY_DAY


def _around(one: _Days, other: _Days) -> _Days:
    """The days from the first to the last of both; any day where one of them may speak for any."""
    if None in (*one, *other):
        return _ANY_DAY
    return min(one[0], other[0]), max(one[1], other[1])  # type: ignore[type-var]


def _with_days(folder: TrustFolder, change: Change) -> Change:
    """With the days read from the batch, where the ledger's entry is of a version that did not keep them."""
    column = DAYS.get(change.kind)
    if column is None or change.first_date is not None or change.why not in ("new", "decided"):
        return change
    batch = batch_file(folder, change.kind, change.school, change.extract_id)
    if not batch.is_file():
        return change
    days = pl.scan_parquet(batch).select(first=pl.col(column).min(), last=pl.col(column).max()).collect()
    first, last = days.row(0)
    return change._replace(first_date=first, last_date=last)
