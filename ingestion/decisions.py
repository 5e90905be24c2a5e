"""Decisions about marks extracts: accepted although they are held, or refused although they are not.

One JSON file per extract and school, lake/ledger/decisions/<extract_id>.<slug>.json; the newest decision counts and
keeps those before it. A reason is free text: it stays in this file, for the owner alone. Belongs here: what was
decided, by whom and why. Does not belong here: what follows from it, which dbt works out (int_extract_holds).
"""

import datetime as dt
import getpass
import json
import os
import re
from itertools import pairwise
from pathlib import Path
from typing import Any, Literal

import polars as pl
from pydantic import BaseModel, ConfigDict

from ingestion.files import write_parquet_atomically, write_private_atomically
from ingestion.identity import identities
from ingestion.ledger import Entry, entries
from ingestion.trust import TrustError, TrustFolder

FOLDER = "decisions"
KIND = "marks"
Verdict = Literal["accepted", "refused"]
_HELD = "held.parquet"
_UPN = re.compile(r"(?<![0-9A-Za-z])[A-Z][0-9]{11}[0-9A-Z](?![0-9A-Za-z])", re.IGNORECASE)


class Ruling(BaseModel):
    """What somebody decided about one extract at one school, and why."""

    model_config = ConfigDict(extra="forbid")

    decision: Verdict
    reason: str
    decided_at: dt.datetime
    decided_by: str


class Decision(Ruling):
    """The ruling in force, of which extract at which school, and the rulings that it replaced, oldest first."""

    extract_id: str
    slug: str
    earlier: list[Ruling] = []


def decisions(folder: TrustFolder) -> list[Decision]:
    """Every decision in force, in order of extract and school."""
    paths = sorted((folder.ledger / FOLDER).glob("*.json"))
    return [Decision.model_validate(json.loads(path.read_text(encoding="utf-8"))) for path in paths]


def decide(folder: TrustFolder, verdict: Verdict, entry: Entry, slugs: list[str], reason: str) -> list[Decision]:
    """Writes the decision for each of the schools and returns them. The same decision again changes nothing.

    The caller holds the trust's lock. Raises TrustError where the reason is empty or names a pupil.
    """
    reason = " ".join(reason.split())
    if not reason:
        raise TrustError('Say why: --reason "…"; it is kept with the decision.')
    if _names_a_pupil(folder, reason):
        raise TrustError("The reason names a pupil; say it without a name or a unique pupil number.")
    return [_write(folder, verdict, entry.extract_id, slug, reason) for slug in slugs]


def _write(folder: TrustFolder, verdict: Verdict, extract_id: str, slug: str, reason: str) -> Decision:
    path = _path(folder, extract_id, slug)
    before = Decision.model_validate_json(path.read_text(encoding="utf-8")) if path.is_file() else None
    if before is not None and (before.decision, before.reason) == (verdict, reason):
        return before
    made = Decision(
        extract_id=extract_id,
        slug=slug,
        decision=verdict,
        reason=reason,
        decided_at=dt.datetime.now().replace(microsecond=0),
        decided_by=_who(),
        earlier=[*before.earlier, Ruling(**before.model_dump(include=set(Ruling.model_fields)))] if before else [],
    )
    write_private_atomically(path, made.model_dump_json(indent=1).encode())
    return made


def find_extract(folder: TrustFolder, name: str, slug: str | None = None) -> Entry:
    """The marks extract that `name` means: its extract_id or a part of that from its beginning, or a file name.

    slug: only extracts with rows of this school. Raises TrustError when there is none, or more than one.
    """
    of_kind = [entry for entry in entries(folder) if entry.kind == KIND]
    marks = [one for one in of_kind if slug is None or any(share.slug == slug for share in one.shares)]
    wanted = name.strip()
    found = [entry for entry in marks if entry.extract_id == wanted]
    found = found or [entry for entry in marks if any(one.file_name == wanted for one in entry.deliveries)]
    found = found or [entry for entry in marks if wanted and entry.extract_id.startswith(wanted.lower())]
    if not found:
        where = f" with rows of {slug}" if slug else ""
        raise TrustError(f"No marks extract{where} is called {name}; `rollcall accept --list` names those held.")
    if len(found) > 1:
        several = ", ".join(f"{entry.extract_id} (inbox/{entry.inbox})" for entry in found[:8])
        raise TrustError(f"{name} means {len(found)} extracts: {several}; use the identifier, or --school.")
    if found[0].problem is not None:
        raise TrustError(f"{name} could not be used as a whole and changes no figure; there is nothing to decide.")
    return found[0]


def schools_of(folder: TrustFolder, entry: Entry, slug: str | None) -> list[str]:
    """The schools that a decision about an extract is for: the one named, else its only one, else those where it is
    held. Raises TrustError where that leaves none."""
    there = [share.slug for share in entry.shares if share.slug is not None]
    if slug is not None:
        if slug not in there:
            raise TrustError(f"{entry.first.file_name} has no rows of {slug}; it has rows of {', '.join(there)}.")
        return [slug]
    held = [row["school"] for row in held_extracts(folder) if row["extract_id"] == entry.extract_id]
    chosen = there if len(there) == 1 else [name for name in held if name in there]
    if not chosen:
        raise TrustError(
            f"{entry.first.file_name} covers {len(there)} schools and is held at none; say which with --school:"
            f" {', '.join(there)}."
        )
    return chosen


def store_held(folder: TrustFolder, held: pl.DataFrame) -> None:
    """Keeps which extracts await review, as of the newest build: quarantine/held.parquet."""
    write_parquet_atomically(held, folder.quarantine / _HELD, private=True)


def held_extracts(folder: TrustFolder) -> list[dict[str, Any]]:
    """The extracts that await review as of the newest build, one for each school: school, extract_id, file, first_date,
    last_date, marks, marks_in_force, exported_at, received, and the decision that the next run will know, if any."""
    path = folder.quarantine / _HELD
    if not path.is_file():
        return []
    decided = {(one.extract_id, one.slug): one.decision for one in decisions(folder)}
    return [
        {**row, "decision": decided.get((row["extract_id"], row["school"]))} for row in pl.read_parquet(path).to_dicts()
    ]


def _path(folder: TrustFolder, extract_id: str, slug: str) -> Path:
    return folder.ledger / FOLDER / f"{extract_id}.{slug}.json"


def _who() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        # an operating system user without a name
        return str(os.getuid())


def _names_a_pupil(folder: TrustFolder, reason: str) -> bool:
    """Whether a text holds a UPN, or forename and surname of somebody in the identity store side by side."""
    if _UPN.search(reason):
        return True
    words = re.findall(r"[^\W\d_]+(?:['’-][^\W\d_]+)*", reason.lower())
    pairs = {frozenset(pair) for pair in pairwise(words)}
    if not pairs:
        return False
    known = identities(folder).select(pl.col("forename").str.to_lowercase(), pl.col("surname").str.to_lowercase())
    mentioned = known.filter(pl.col("forename").is_in(words) & pl.col("surname").is_in(words)).unique().collect()
    return any(frozenset(pair) in pairs for pair in mentioned.iter_rows())
