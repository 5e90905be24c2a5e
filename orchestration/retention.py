"""How long data are kept: what may go, and removing it so that a crash in between is finished later.

Whole academic years go, over all schools of the trust: a year of which a part is left would count the rest as missing.
A year goes when every marks and calendar extract that reaches into it may, so no figure of the years that stay changes.

Before anything is removed a record of all of it is written to runs/purges/ and kept for good; a record that is not
marked as done is carried out again at the next purge or run.
"""

from __future__ import annotations

import datetime as dt
import getpass
import json
import math
import shutil
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import duckdb

from ingestion.identity import forget_key_changes
from ingestion.ledger import Entry, entries
from ingestion.removal import Tombstone, bury, files_of
from ingestion.trust import Trust, TrustError, TrustFolder
from orchestration.kept import forget
from orchestration.release import WAREHOUSE, current_release, manifest_of, releases
from orchestration.workspace import write_json
from quality.seeds import legal_limits

RULE = "retention_years"
_YEAR_STARTS = 8  # an academic year runs from 1 August (contract of the warehouse: macro academic_year)
_OF_DAYS = ("marks", "calendar")
_PUBLISHED_BY_OTHERS = "benchmarks"


@dataclass(frozen=True)
class Extract:
    """An extract in the ledger with the days it is about; kept_for says why it stays (null: it goes)."""

    entry: Entry
    first_date: dt.date | None
    last_date: dt.date | None
    kept_for: str | None = None

    @property
    def exported_on(self) -> dt.date:
        """The day of its export."""
        return self.entry.first.exported_at.date()


@dataclass
class Plan:
    """What a purge would remove.

    law: entries before this day may go by the rule; cut_off: that day or the earlier one asked for; from_date: the
    first day of the first academic year that stays whole.
    """

    years: int
    law: dt.date
    cut_off: dt.date
    from_date: dt.date
    goes: list[Extract] = field(default_factory=list)
    kept: list[Extract] = field(default_factory=list)
    releases: list[str] = field(default_factory=list)
    resting: list[str] = field(default_factory=list)
    held_back_by: list[str] = field(default_factory=list)
    pupils: int = 0


def plan_purge(folder: TrustFolder, trust: Trust, before: dt.date | None = None, today: dt.date | None = None) -> Plan:
    """What may go. `before` may only be earlier than the law's day.

    Raises TrustError when it is later, or when extracts have come in that no release speaks for yet: what their rows
    are about is known only after a run.
    """
    least, source = legal_limits()[RULE]
    years = math.ceil(trust.rules.get(RULE, least))
    law = _years_before(min(today or dt.date.today(), trust.as_of), years)
    if before is not None and before > law:
        own = f", and this trust keeps them for {years}" if years > least else ""
        raise TrustError(f"Nothing of {law} or later may be removed, because {source}{own}; choose an earlier day.")
    cut_off = before or law
    extracts = _dated(folder, entries(folder))
    from_date, blocking = _first_day_kept(extracts, cut_off)
    plan = Plan(years, law, cut_off, from_date, held_back_by=blocking)
    judged = [_judged(extract, plan) for extract in extracts]
    judged = _with_pupils_extracts(folder, judged, plan)
    plan.goes = [extract for extract in judged if extract.kept_for is None]
    plan.kept = [extract for extract in judged if extract.kept_for is not None]
    gone = {extract.entry.extract_id for extract in plan.goes}
    current = current_release(folder)
    for name in releases(folder):
        manifest = manifest_of(folder.releases / name) or {}
        if current is not None and name == current.name:
            continue
        if dt.date.fromisoformat(str(manifest.get("finished_at") or "9999-12-31")[:10]) < cut_off:
            plan.releases.append(name)
        elif gone & {str(one["extract_id"]) for one in manifest.get("inputs", [])}:
            plan.resting.append(name)
    plan.pupils = _forgotten(folder, gone)
    return plan


def carry_out(folder: TrustFolder, plan: Plan, with_releases: bool = False, now: dt.datetime | None = None) -> Path:
    """Writes the record, then removes what the plan lists. with_releases: also the earlier releases that rest on it."""
    moment = (now or dt.datetime.now(dt.UTC)).replace(microsecond=0)
    stones = [_stone(extract, moment) for extract in plan.goes]
    record = {
        "begun_at": moment.isoformat(),
        "done_at": None,
        "by": getpass.getuser(),
        "rule": RULE,
        "years": plan.years,
        "entries_before": plan.cut_off.isoformat(),
        "academic_years_before": plan.from_date.isoformat(),
        "pupils_forgotten": plan.pupils,
        "extracts": [json.loads(stone.model_dump_json()) for stone in stones],
        "releases": [*plan.releases, *(plan.resting if with_releases else [])],
    }
    forget(folder)  # its tables know every pupil
    path = folder.runs / "purges" / f"{moment:%Y%m%d-%H%M%S}.json"
    write_json(path, record)
    _finish(folder, path)
    return path


def finish_purges(folder: TrustFolder) -> None:
    """Carries out what a purge that crashed had still to do. Call under the lock."""
    for path in sorted((folder.runs / "purges").glob("*.json")):
        if json.loads(path.read_text(encoding="utf-8"))["done_at"] is None:
            _finish(folder, path)


def _finish(folder: TrustFolder, path: Path) -> None:
    record = json.loads(path.read_text(encoding="utf-8"))
    for stone in record["extracts"]:
        bury(folder, Tombstone.model_validate(stone))
    forget_key_changes(folder)
    # Every refused row is listed there, those of removed extracts too; the next run lists them anew.
    if record["extracts"]:
        (folder.quarantine / "current.parquet").unlink(missing_ok=True)
    for name in record["releases"]:
        shutil.rmtree(folder.releases / name, ignore_errors=True)
    write_json(path, {**record, "done_at": dt.datetime.now(dt.UTC).replace(microsecond=0).isoformat()})


def _years_before(day: dt.date, years: int) -> dt.date:
    """The same day so many years earlier; 28 February for the 29th where that year has none."""
    try:
        return day.replace(year=day.year - years)
    except ValueError:
        return day.replace(year=day.year - years, day=28)


def _year_of(day: dt.date) -> dt.date:
    """The first day of the academic year that the day is in."""
    return dt.date(day.year if day.month >= _YEAR_STARTS else day.year - 1, _YEAR_STARTS, 1)


def _dated(folder: TrustFolder, found: Sequence[Entry]) -> list[Extract]:
    """The extracts with the first and last day of their usable rows, by the current release."""
    release = current_release(folder)
    days: dict[str, tuple[dt.date | None, dt.date | None]] = {}
    if release is not None:
        with duckdb.connect(str(release / WAREHOUSE), read_only=True) as warehouse:
            days = {
                name: (first, last)
                for name, first, last in warehouse.execute(
                    "select extract_id, min(first_date), max(last_date) from marts.fct_extracts group by extract_id"
                ).fetchall()
            }
    unknown = sum(entry.extract_id not in days for entry in found)
    if unknown:
        raise TrustError(f"No release speaks for {unknown} of the extracts yet; run `rollcall run` first.")
    return [Extract(entry, *days[entry.extract_id]) for entry in found]


def _first_day_kept(extracts: Sequence[Extract], cut_off: dt.date) -> tuple[dt.date, list[str]]:
    """The first day of the years that stay, and the files that hold back years that could otherwise go."""
    wanted = first = _year_of(cut_off)
    blocking: list[str] = []
    of_days = [one for one in extracts if one.entry.kind in _OF_DAYS and one.first_date and one.last_date]
    while True:
        reaching = [
            one
            for one in of_days
            if (one.exported_on >= cut_off or _last(one) >= first) and one.first_date and one.first_date < first
        ]
        if not reaching:
            return first, blocking
        blocking += [f"{one.entry.inbox}/{one.entry.first.file_name}" for one in reaching if _last(one) >= wanted
                     or one.exported_on >= cut_off]  # fmt: skip
        first = min(_year_of(one.first_date) for one in reaching if one.first_date)


def _last(extract: Extract) -> dt.date:
    return extract.last_date or dt.date.min


def _judged(extract: Extract, plan: Plan) -> Extract:
    """An extract with why it stays; pupils extracts are judged among each other later."""
    kind, exported = extract.entry.kind, extract.exported_on
    why = None
    if kind == _PUBLISHED_BY_OTHERS:
        why = "published figures, not about pupils"
    elif exported >= plan.cut_off:
        why = "exported too recently"
    elif _last(extract) >= plan.from_date or exported >= plan.from_date:
        why = "about a year that stays"
    elif kind == "year6" and exported >= _years_before(plan.from_date, 1):
        why = "about pupils of a year that stays"
    return Extract(extract.entry, extract.first_date, extract.last_date, why)


def _with_pupils_extracts(folder: TrustFolder, judged: Sequence[Extract], plan: Plan) -> list[Extract]:
    """Pupils extracts stay while they are the last, before the years that stay, to name a spell that is still of use:
    one that had not ended, or of a pupil whom something that stays names."""
    old = [one for one in judged if one.entry.kind == "pupils" and one.kept_for is None and one.entry.problem is None]
    stays = {one.entry.extract_id for one in judged if one.kept_for is not None}
    with duckdb.connect() as connection:
        named: set[str] = set()
        for path in _batches(folder, ("marks", "pupils", "amendments", "year6"), stays):
            found = connection.execute("select distinct pupil_key from read_parquet(?)", [str(path)]).fetchall()
            named |= {key for (key,) in found if key}
        last: dict[tuple[str, str, dt.date], tuple[str, bool]] = {}
        for one in old:  # in order of export
            for path in _batches(folder, ("pupils",), {one.entry.extract_id}):
                for slug, key, entry, leaving in connection.execute(
                    "select slug, pupil_key, entry_date, leaving_date from read_parquet(?)"
                    " where row_reason is null and duplicate is null",
                    [str(path)],
                ).fetchall():
                    of_use = leaving is None or leaving >= plan.from_date or key in named
                    last[slug, key, entry] = (one.entry.extract_id, of_use)
    needed = {identifier for identifier, of_use in last.values() if of_use}
    why = "the last to name pupils who are still of use"
    return [
        Extract(one.entry, one.first_date, one.last_date, why if one.entry.extract_id in needed else one.kept_for)
        for one in judged
    ]


def _batches(folder: TrustFolder, kinds: Iterable[str], extract_ids: set[str]) -> list[Path]:
    found = [path for kind in kinds for path in sorted((folder.lake / kind).glob("*/*.parquet"))]
    return [path for path in found if path.stem in extract_ids]


def _forgotten(folder: TrustFolder, gone: set[str]) -> int:
    """Pupils whom the identity store names only because of extracts that go."""
    keys: dict[bool, set[str]] = {True: set(), False: set()}
    with duckdb.connect() as connection:
        for path in sorted(folder.identity.glob("*/*.parquet")):
            found = connection.execute("select distinct pupil_key from read_parquet(?)", [str(path)]).fetchall()
            keys[path.stem in gone] |= {key for (key,) in found}
    return len(keys[True] - keys[False])


def _stone(extract: Extract, moment: dt.datetime) -> Tombstone:
    entry = extract.entry
    return Tombstone(
        extract_id=entry.extract_id,
        inbox=entry.inbox,
        kind=entry.kind,
        extension=entry.extension,
        sha256=entry.sha256,
        exported_on=extract.exported_on,
        first_date=extract.first_date,
        last_date=extract.last_date,
        rows=entry.rows,
        size=entry.size,
        removed_at=moment,
    )


def bytes_of(folder: TrustFolder, extract: Extract) -> int:
    """The bytes that go with an extract: archived, in the lake, in quarantine and in the identity store."""
    return extract.entry.size + sum(path.stat().st_size for path in files_of(folder, extract.entry.extract_id))
